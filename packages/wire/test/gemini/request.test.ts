import assert from 'node:assert/strict'
import { test } from 'node:test'
import { geminiPath, parseGeminiPath } from '../../src/gemini/path.ts'
import { PATH, read, refused } from './support.ts'

const CONTENTS = [{ role: 'user', parts: [{ text: 'hi' }] }]
const STREAM = '/v1beta/models/m:streamGenerateContent'

const PATHS: [path: string, model: string | undefined, method?: string][] = [
  ['/v1beta/models/gemini-2.5-flash:generateContent', 'gemini-2.5-flash', 'generateContent'],
  ['/v1/models/gemini-2.5-flash:streamGenerateContent', 'gemini-2.5-flash', 'streamGenerateContent'],
  ['/v1beta/models/openai/gpt-4o:generateContent', 'openai/gpt-4o', 'generateContent'],
  ['/v1beta/models/openai%2Fgpt-4o:generateContent', 'openai/gpt-4o', 'generateContent'],
  ['/v1beta/models/llama3:8b:generateContent', 'llama3:8b', 'generateContent'],
  ['/v1beta/models/llama3%3A8b%3AgenerateContent', 'llama3:8b', 'generateContent'],
  ['/v1beta/models/models/gemini-2.5-flash:countTokens', 'gemini-2.5-flash', 'countTokens'],
  ['/v1beta/tunedModels/mine:generateContent', 'tunedModels/mine', 'generateContent'],
  ['/v1beta/models/50%:generateContent', '50%', 'generateContent'],
  ['/v1beta/models/gemini-2.5-flash', undefined],
  ['/v1beta/models/:generateContent', undefined],
  ['/v2/models/m:generateContent', undefined],
]

test('the path names model and method, percent-encoded or not, with slashes and colons', () => {
  for (const [path, model, method] of PATHS) {
    assert.deepEqual(parseGeminiPath(path), model === undefined ? undefined : { model, method }, path)
  }
  assert.equal(geminiPath('models/gemini-2.5-flash', 'generateContent'), '/v1beta/models/gemini-2.5-flash:generateContent')
  assert.equal(geminiPath('tunedModels/a b', 'generateContent'), '/v1beta/tunedModels/a%20b:generateContent')
})

test('a stream is what the path asks for; events with `alt=sse`, an array without', () => {
  const shapes: [path: string, query: string, stream: boolean, arrayStream: boolean][] = [
    [PATH, 'alt=sse', false, false],
    [STREAM, 'alt=sse', true, false],
    [STREAM, '?key=k&alt=sse', true, false],
    [STREAM, '$alt=sse', true, false],
    [STREAM, '', true, true],
    [STREAM, 'alt=json', true, true],
  ]
  for (const [path, query, stream, arrayStream] of shapes) {
    const request = read({ contents: CONTENTS }, path, query)
    assert.deepEqual([request.stream, request.arrayStream], [stream, arrayStream], `${path}?${query}`)
  }
})

test('members are read with their defaults, under both of their names', () => {
  const plain = read({ contents: CONTENTS })
  const { model, n, outputLimit, outputLimitMember, includeUsage } = plain
  assert.deepEqual([model, n, outputLimit, outputLimitMember, includeUsage], ['gemini-2.5-flash', 1, null, null, true])
  const nulls = read({ contents: CONTENTS, generationConfig: null, tools: null })
  assert.deepEqual([nulls.n, nulls.outputLimit], [1, null])
  for (const body of [
    { contents: CONTENTS, generationConfig: { candidateCount: 2, maxOutputTokens: 5 } },
    { contents: CONTENTS, generation_config: { candidate_count: 2, max_output_tokens: 5 } },
  ]) {
    const full = read(body)
    assert.deepEqual([full.n, full.outputLimit, full.outputLimitMember], [2, 5, 'generationConfig.maxOutputTokens'])
  }
})

const WRONG: [body: unknown, pointer: string][] = [
  [{}, '/contents'],
  [{ contents: [] }, '/contents'],
  [{ contents: 'hi' }, '/contents'],
  [{ contents: ['hi'] }, '/contents/0'],
  [{ contents: [{ parts: 'hi' }] }, '/contents/0/parts'],
  [{ contents: [...CONTENTS, { parts: [{ text: 'a' }, 'b'] }] }, '/contents/1/parts/1'],
  [{ contents: CONTENTS, generationConfig: [] }, '/generationConfig'],
  [{ contents: CONTENTS, generation_config: 1 }, '/generation_config'],
  [{ contents: CONTENTS, generationConfig: { maxOutputTokens: 0 } }, '/generationConfig/maxOutputTokens'],
  [{ contents: CONTENTS, generationConfig: { max_output_tokens: '5' } }, '/generationConfig/max_output_tokens'],
  [{ contents: CONTENTS, generationConfig: { candidateCount: 9 } }, '/generationConfig/candidateCount'],
  [{ contents: CONTENTS, tools: {} }, '/tools'],
]

test('what is wrong is named by its pointer, in the caller’s spelling', () => {
  for (const [body, pointer] of WRONG) assert.equal(refused(body).pointer, pointer, JSON.stringify(body))
  assert.match(refused('{"contents": [}').message, /not valid JSON \(line 1, column 15\)/)
  assert.match(refused({ contents: CONTENTS }, '/v1beta/models/m:embedContent').message, /generateContent/)
})

const AMBIGUOUS: [text: string, pointer: string][] = [
  ['{"contents":[],"contents":[{"parts":[]}]}', '/contents'],
  ['{"contents":[{"parts":[]}],"generationConfig":{},"generation_config":{"candidateCount":8}}', '/generation_config'],
  ['{"contents":[{"parts":[]}],"GenerationConfig":{"candidateCount":8}}', '/GenerationConfig'],
  ['{"contents":[{"parts":[]}],"generationConfig":{"maxOutputTokens":1,"max_output_tokens":9}}', '/generationConfig/max_output_tokens'],
  ['{"contents":[{"parts":[]}],"generation_config":{"candidateCount":1,"candidatecount":8}}', '/generation_config/candidatecount'],
  [
    '{"contents":[{"parts":[]}],"generationConfig":{"thinkingConfig":{"thinkingBudget":0,"thinkingBudget":9}}}',
    '/generationConfig/thinkingConfig/thinkingBudget',
  ],
  ['{"contents":[{"parts":[]}],"cached\\u0043ontent":"a","cachedContent":"b"}', '/cachedContent'],
]

test('a billed member that can be read in two ways is refused, also inside `generationConfig`', () => {
  for (const [text, pointer] of AMBIGUOUS) assert.equal(refused(text).pointer, pointer, text)
  const fine = '{"contents":[{"parts":[{"text":"hi"}]}],"labels":{"a":"1"},"labels":{},"x_contents":1}'
  assert.equal(read(fine).body.toString(), fine)
})

const INPUT: [what: string, members: object, least: number][] = [
  ['text', { contents: [{ parts: [{ text: 'x'.repeat(1_000) }] }] }, 1_000],
  ['what the system says', { contents: CONTENTS, system_instruction: { parts: [{ text: 'x'.repeat(1_000) }] } }, 1_000],
  ['tools', { contents: CONTENTS, tools: [{ functionDeclarations: [{ name: 'f', description: 'x'.repeat(1_000) }] }] }, 1_000],
  ['a schema of the answer', { contents: CONTENTS, generationConfig: { responseSchema: { description: 'x'.repeat(1_000) } } }, 1_000],
  ['an image of unknown size', { contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] }] }, 2_240],
  ['10 kB of audio', { contents: [{ parts: [{ inline_data: { mime_type: 'audio/mp3', data: 'A'.repeat(13_334) } }] }] }, 320],
  ['a video by its address', { contents: [{ parts: [{ fileData: { fileUri: 'https://youtu.be/x' } }] }] }, 1_000_000],
  ['a cached content', { contents: CONTENTS, cachedContent: 'cachedContents/x' }, 1_000_000],
]

test('M11: whatever goes in is bounded, whether the model is Google’s or another one', () => {
  for (const [what, members, least] of INPUT) {
    const request = read(members)
    assert.ok(request.inputBound >= least && request.inputBound < 2.2 * 1_048_576, `${what}: ${request.inputBound}`)
    assert.ok(read(members, '/v1beta/models/fast:generateContent').inputBound >= request.inputBound, what)
    assert.ok(request.inputBoundFor('gpt-4o') > 0, what)
  }
  assert.equal(read({ contents: CONTENTS, tools: [] }).inputText(), 'user\nhi\n[]')
})

test('M15: audio and images in are told, under either spelling; what a cache holds may be both', () => {
  const causes = (parts: unknown[], members = {}) => {
    const { audioIn, imageIn, cacheWrite } = read({ contents: [{ parts }], ...members }).canCause
    return [audioIn, imageIn, cacheWrite]
  }
  assert.deepEqual(causes([{ text: 'hi' }]), [false, false, false])
  assert.deepEqual(causes([{ inline_data: { mime_type: 'image/png', data: '' } }]), [false, true, false])
  assert.deepEqual(causes([{ fileData: { fileUri: 'gs://b/a.mp3' } }]), [true, false, false])
  assert.deepEqual(causes([{ inlineData: { mimeType: 'video/mp4', data: '' } }]), [true, false, false])
  assert.deepEqual(causes([{ text: 'hi' }], { cachedContent: 'c' }), [true, true, false])
})

const HIDDEN: [what: string, model: string, members: object, hidden: boolean][] = [
  ['a model that does not think', 'gemini-2.0-flash', {}, false],
  ['a model of another vendor', 'gpt-4o', {}, false],
  ['a model that thinks by itself', 'gemini-2.5-flash', {}, true],
  ['a newest model without a number', 'gemini-flash-latest', {}, true],
  ['thought that is asked for', 'gpt-4o', { generationConfig: { thinkingConfig: { thinkingLevel: 'LOW' } } }, true],
  ['thought that is switched off', 'gpt-4o', { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } }, false],
  ['an image', 'gpt-4o', { generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } }, true],
  ['text', 'gpt-4o', { generationConfig: { responseModalities: ['TEXT'] } }, false],
  ['a search', 'gpt-4o', { tools: [{ googleSearch: {} }] }, true],
  ['functions', 'gpt-4o', { tools: [{ function_declarations: [] }] }, false],
]

test('M14: output that can be billed unseen is told by model, thought, modality or tool', () => {
  for (const [what, model, members, hidden] of HIDDEN) {
    const { canCause } = read({ contents: CONTENTS, ...members }, `/v1beta/models/${model}:generateContent`)
    assert.equal(canCause.hiddenOutput, hidden, what)
  }
  const spoken = read({ contents: CONTENTS, generationConfig: { responseModalities: ['audio'] } })
  assert.deepEqual([spoken.canCause.audioOut, read({ contents: CONTENTS }).canCause.audioOut], [true, false])
})

const LIMIT = { member: 'generationConfig.maxOutputTokens', value: 7 }
const PATCHED: [body: string, patched: string][] = [
  ['{ "contents":[{"parts":[]}] }', '{ "contents":[{"parts":[]}],"generationConfig":{"maxOutputTokens":7} }'],
  ['{"generationConfig":{ },"contents":[{"parts":[]}]}', '{"generationConfig":{"maxOutputTokens":7 },"contents":[{"parts":[]}]}'],
  ['{"generationConfig":null,"contents":[{"parts":[]}]}', '{"generationConfig":{"maxOutputTokens":7},"contents":[{"parts":[]}]}'],
  [
    '{"generation_config":{"max_output_tokens": 99, "x":1},"contents":[{"parts":[]}]}',
    '{"generation_config":{"max_output_tokens": 7, "x":1},"contents":[{"parts":[]}]}',
  ],
]

test('M12, T9: only the limit is written into a body that passes, in its own spelling; else the very bytes pass', () => {
  for (const [body, patched] of PATCHED) {
    const request = read(body)
    assert.equal(request.upstreamBody({ model: 'other', injectUsage: true }), request.body)
    assert.equal(request.upstreamBody({ model: 'other', injectUsage: false, outputLimit: LIMIT }).toString(), patched)
  }
})

test('a body that repeats the model names the deployment’s', () => {
  const request = read('{"model":"models/fast", "contents":[{"parts":[]}]}')
  const body = request.upstreamBody({ model: 'gemini-2.5-flash', injectUsage: false })
  assert.equal(body.toString(), '{"model":"models/gemini-2.5-flash", "contents":[{"parts":[]}]}')
  assert.equal(request.upstreamBody({ model: 'models/fast', injectUsage: false }), request.body)
})

test('M6: thoughts of another vendor inside the signature of a call do not go on to Gemini; its own signatures do, byte for byte', () => {
  const seal = Buffer.from('[{"dialect":"anthropic","text":"hm","signature":"c2ln"}]').toString('base64')
  const body = (first: string, second: string): string =>
    JSON.stringify({
      contents: [
        { role: 'user', parts: [{ text: 'hi' }] },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: {} }, thoughtSignature: first }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: {} } }] },
        { role: 'model', parts: [{ functionCall: { name: 'g', args: {} }, thought_signature: second }] },
      ],
    })
  const sent = (text: string): string => read(text).upstreamBody({ model: 'gemini-3-pro', injectUsage: false }).toString()
  assert.equal(sent(body(seal, seal)), body('skip_thought_signature_validator', 'skip_thought_signature_validator'))
  assert.equal(sent(body('b3du', 'b3du')), body('b3du', 'b3du'))
})
