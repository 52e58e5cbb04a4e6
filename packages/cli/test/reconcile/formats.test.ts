import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { exactText } from '../../src/reconcile/exact.ts'
import { readExport } from '../../src/reconcile/read-export.ts'
import type { UsageExport } from '../../src/reconcile/usage-export.ts'
import { temporaryFolder } from '../support.ts'

/** What each format looks like as its vendor gives it, and what is understood of it. */
interface Case {
  title: string
  text: string
  rows: unknown[]
  kinds: string[] | undefined
}

const OPENAI_USAGE_HEADER =
  'start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,api_key_id,model,batch,service_tier,' +
  'input_tokens,output_tokens,input_cached_tokens,input_uncached_tokens,input_text_tokens,output_text_tokens'
const ANTHROPIC_USAGE_HEADER =
  'usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,' +
  'usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count,inference_geo,speed'
const GOOGLE_HEADER =
  'Date,Service description,Service ID,SKU description,SKU ID,Usage amount,Usage unit,List cost ($),Unrounded subtotal ($),Subtotal ($)'
const OPENROUTER_CALLS_HEADER =
  'generation_id,created_at,cost_total,cost_web_search,cost_cache,cost_file_processing,byok_usage_inference,tokens_prompt,tokens_completion,' +
  'tokens_reasoning,tokens_cached,model_permaslug,provider_name,variant,cancelled'

const json = (data: unknown[], more: object = {}) => JSON.stringify({ object: 'page', data, has_more: false, ...more }, null, 2)
const bucket = (results: unknown[]) => ({ object: 'bucket', start_time: 1730419200, end_time: 1730505600, results })

const CASES: Case[] = [
  {
    title: "OpenAI's usage API: cached input is part of the input, days begin in UTC",
    kinds: ['openai'],
    text: json([
      bucket([
        {
          object: 'organization.usage.completions.result',
          input_tokens: 1000,
          output_tokens: 500,
          input_cached_tokens: 800,
          num_model_requests: 5,
          project_id: null,
          model: 'gpt-4o-mini-2024-07-18',
        },
      ]),
      bucket([]),
    ]),
    rows: [{ day: '2024-11-01', model: 'gpt-4o-mini-2024-07-18', counts: { requests: 5, input: 200, cacheRead: 800, output: 500 } }],
  },
  {
    title: "OpenAI's usage API, as newer versions tell cache writes apart",
    kinds: ['openai'],
    text: json([
      bucket([
        {
          input_tokens: 1000,
          input_cached_tokens: 300,
          input_cache_write_tokens: 200,
          output_tokens: 1,
          num_model_requests: 1,
          model: 'm',
        },
      ]),
    ]),
    rows: [{ day: '2024-11-01', model: 'm', counts: { requests: 1, input: 500, cacheRead: 300, cacheWrite: 200, output: 1 } }],
  },
  {
    title: "OpenAI's usage API of images, speech and transcriptions",
    kinds: ['openai'],
    text: json([
      bucket([
        { object: 'organization.usage.images.result', images: 3, num_model_requests: 2, model: 'gpt-image-1' },
        { object: 'organization.usage.audio_transcriptions.result', seconds: 90, num_model_requests: 1, model: 'whisper-1' },
      ]),
    ]),
    rows: [
      { day: '2024-11-01', model: 'gpt-image-1', counts: { requests: 2, image: 3, second: 0 } },
      { day: '2024-11-01', model: 'whisper-1', counts: { requests: 1, image: 0, second: 90 } },
    ],
  },
  {
    title: "OpenAI's costs API: lines are by model and direction",
    kinds: ['openai'],
    text: json([
      bucket([
        { object: 'organization.costs.result', amount: { value: 0.06, currency: 'usd' }, line_item: 'gpt-4o-mini-2024-07-18, input' },
        { object: 'organization.costs.result', amount: { value: '1.2e-7', currency: 'usd' }, line_item: 'gpt-image-1 image, output' },
        { object: 'organization.costs.result', amount: { value: 1, currency: 'usd' }, line_item: null },
      ]),
    ]),
    rows: [
      { day: '2024-11-01', model: 'gpt-4o-mini-2024-07-18', counts: {}, cost: '0.06' },
      { day: '2024-11-01', model: 'gpt-image-1', counts: {}, cost: '0.00000012' },
      { day: '2024-11-01', model: null, counts: {}, cost: '1.00' },
    ],
  },
  {
    title: "OpenAI's usage export of the dashboard: floats, and lines for days without use",
    kinds: ['openai'],
    text: [
      OPENAI_USAGE_HEADER,
      '1759622400,1759708800,2025-10-05T00:00:00+00:00,2025-10-06T00:00:00+00:00,proj_1,10.0,user-1,key_1,gpt-4o-2024-08-06,FALSE,default,59200.0,10646.0,5760.0,53440.0,53440.0,10646.0',
      '1759708800,1759795200,2025-10-06T00:00:00+00:00,2025-10-07T00:00:00+00:00,,,,,,,,,,,,,',
      '',
    ].join('\r\n'),
    rows: [{ day: '2025-10-05', model: 'gpt-4o-2024-08-06', counts: { requests: 10, input: 53440, cacheRead: 5760, output: 10646 } }],
  },
  {
    title: "OpenAI's cost export of the dashboard, not grouped",
    kinds: ['openai'],
    text:
      'start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id,organization_id,organization_name\n' +
      '1759622400,1759708800,2025-10-05T00:00:00+00:00,2025-10-06T00:00:00+00:00,0.8958740000000000,usd,,,org-1,Personal\n' +
      '1759968000,1760054400,2025-10-09T00:00:00+00:00,2025-10-10T00:00:00+00:00,,,,,,\n',
    rows: [{ day: '2025-10-05', model: null, counts: {}, cost: '0.895874' }],
  },
  {
    title: "Anthropic's usage report",
    kinds: ['anthropic'],
    text: json([
      {
        starting_at: '2025-08-01T00:00:00Z',
        ending_at: '2025-08-02T00:00:00Z',
        results: [
          {
            uncached_input_tokens: 1500,
            cache_creation: { ephemeral_1h_input_tokens: 1000, ephemeral_5m_input_tokens: 500 },
            cache_read_input_tokens: 200,
            output_tokens: 500,
            server_tool_use: { web_search_requests: 10 },
            model: 'claude-sonnet-4-20250514',
          },
        ],
      },
    ]),
    rows: [
      {
        day: '2025-08-01',
        model: 'claude-sonnet-4-20250514',
        counts: { input: 1500, cacheRead: 200, cacheWrite: 500, cacheWrite1h: 1000, output: 500, search: 10 },
      },
    ],
  },
  {
    title: "Anthropic's cost report is in cents",
    kinds: ['anthropic'],
    text: json([
      {
        starting_at: '2025-08-01T00:00:00Z',
        ending_at: '2025-08-02T00:00:00Z',
        results: [{ amount: '123.45', currency: 'USD', model: null }],
      },
    ]),
    rows: [{ day: '2025-08-01', model: null, counts: {}, cost: '1.2345' }],
  },
  {
    title: "Anthropic's usage export of the console",
    kinds: ['anthropic'],
    text: `${ANTHROPIC_USAGE_HEADER}\n2026-08-05,claude-opus-5,"Closer, App",Default,standard,≤ 200k,46981,15969,7,3,16932,2,global,\n`,
    rows: [
      {
        day: '2026-08-05',
        model: 'claude-opus-5',
        counts: { input: 46981, cacheRead: 3, cacheWrite: 15969, cacheWrite1h: 7, output: 16932, search: 2 },
      },
    ],
  },
  {
    title: "Anthropic's cost export of the console, by the titles of models",
    kinds: ['anthropic'],
    text:
      'usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type,inference_geo,speed\n' +
      '2026-08-04,Claude Haiku 4.5,Default,demo-key,message,≤ 200k,input_no_cache,0.05,0.05,token,not_available,\n' +
      '2024-12-07,Claude 3.5 Sonnet 2024-10-22,,ann,message,,output,0.02,0.02,token,,\n',
    rows: [
      { day: '2026-08-04', model: 'claude-haiku-4-5', counts: {}, cost: '0.05' },
      { day: '2024-12-07', model: 'claude-3-5-sonnet-2024-10-22', counts: {}, cost: '0.02' },
    ],
  },
  {
    title: "Google's billing report: model and direction are words of the SKU, sums below are left out",
    kinds: ['google', 'vertex'],
    text: [
      GOOGLE_HEADER,
      '2026-07-02,Gemini API,AEFD-7695-64FA,Generate content input token count gemini 2.5 flash lite short input text,399C,"100,000",count,0.01,0.010000,0.01',
      '2026-07-02,Gemini API,AEFD-7695-64FA,Generate content cached input token count gemini 2.5 flash lite input text,07D6,"5,000",count,0.00,0.000050,0.00',
      '2026-07-02,Gemini API,AEFD-7695-64FA,Generate content output token count gemini 2.5 flash lite text,2D1C,"200,000",count,0.08,0.080000,0.08',
      '2026-07-02,Gemini API,AEFD-7695-64FA,Grounding with Google Search,1C33,3,count,0.10,0.105000,0.11',
      '2026-07-02,Compute Engine,6F81-5844-456A,N1 Predefined Instance Core running in Americas,2E27,7,hour,1.00,1.000000,1.00',
      ',,,,,,,Subtotal,1.195050,1.20',
    ].join('\n'),
    rows: [
      { day: '2026-07-02', model: 'gemini-2.5-flash-lite', counts: { input: 100000 }, cost: '0.01' },
      { day: '2026-07-02', model: 'gemini-2.5-flash-lite', counts: { cacheRead: 5000 }, cost: '0.00005' },
      { day: '2026-07-02', model: 'gemini-2.5-flash-lite', counts: { output: 200000 }, cost: '0.08' },
      { day: '2026-07-02', model: 'Grounding with Google Search', counts: {}, cost: '0.105' },
    ],
  },
  {
    title: "OpenRouter's activity by call: reasoning and cached tokens are parts",
    kinds: ['openrouter'],
    text: `${OPENROUTER_CALLS_HEADER}\ngen-1,2026-02-06 18:54:30.040,0.0123,0,0,0,0,1000,300,120,400,openai/gpt-5-nano-2025-08-07,OpenAI,standard,false\n`,
    rows: [
      {
        day: '2026-02-06',
        model: 'openai/gpt-5-nano-2025-08-07',
        counts: { requests: 1, input: 600, cacheRead: 400, output: 180, reasoning: 120 },
        cost: '0.0123',
      },
    ],
  },
  {
    title: "OpenRouter's activity by day",
    kinds: ['openrouter'],
    text:
      'Date,Slug,Usage,BYOK Usage,Requests,Prompt Tokens,Completion Tokens,Reasoning Tokens\n' +
      '"2026-05-12 00:00:00","anthropic/claude-opus-4.7","430.07","0","4115","70965665","3009973","9973"\n',
    rows: [
      {
        day: '2026-05-12',
        model: 'anthropic/claude-opus-4.7',
        counts: { requests: 4115, input: 70965665, output: 3000000, reasoning: 9973 },
        cost: '430.07',
      },
    ],
  },
  {
    title: "OpenRouter's activity API",
    kinds: ['openrouter'],
    text: JSON.stringify({
      data: [
        {
          date: '2025-08-24',
          model: 'openai/gpt-4.1',
          model_permaslug: 'openai/gpt-4.1-2025-04-14',
          usage: 0.015,
          byok_usage_inference: 0.012,
          requests: 5,
          prompt_tokens: 50,
          completion_tokens: 125,
          reasoning_tokens: 25,
        },
      ],
    }),
    rows: [{ day: '2025-08-24', model: 'openai/gpt-4.1', counts: { requests: 5, input: 50, output: 100, reasoning: 25 }, cost: '0.015' }],
  },
  {
    title: "a table of one's own, also with semicolons and a byte order mark",
    kinds: undefined,
    text: '\uFEFFday;model;provider;requests;input;cacheRead;output;cost\n2026-11-21;llama;local;2;18;0;10;0.0000048\n2026-11-21;;local;1;1;;1;0\n',
    rows: [
      {
        day: '2026-11-21',
        model: 'llama',
        provider: 'local',
        counts: { requests: 2, input: 18, cacheRead: 0, output: 10 },
        cost: '0.0000048',
      },
      { day: '2026-11-21', model: null, provider: 'local', counts: { requests: 1, input: 1, cacheRead: 0, output: 1 }, cost: '0.00' },
    ],
  },
]

for (const { title, text, rows, kinds } of CASES) {
  test(`read: ${title}`, async (t) => {
    const file = join(temporaryFolder(t), 'export')
    writeFileSync(file, text)
    const read: UsageExport = await readExport(file)
    assert.deepEqual(
      read.rows.map(({ cost, ...row }) => ({ ...row, ...(cost === undefined ? {} : { cost: exactText(cost) }) })),
      rows,
    )
    assert.deepEqual(read.kinds, kinds)
  })
}

/** Files that cannot be read, and what is said of them. */
const BAD: [title: string, text: string, said: RegExp][] = [
  ['an unknown header', 'a,b\n1,2\n', /export, line 1: nobody knows this header: a, b/],
  ['a count that is none', 'day,model,input\n2026-11-21,m,many\n', /export, line 2, column input: "many" is not a whole number/],
  ['a count with a fraction', 'day,model,input\n2026-11-21,m,1.5\n', /line 2, column input: "1\.5" is not a whole number/],
  ['a negative count', 'day,model,input\n2026-11-21,m,-1\n', /line 2, column input: "-1" is not/],
  ['a day that does not exist', 'day,model,input\n2026-11-21,m,1\n2026-13-01,m,1\n', /line 3, column day: "2026-13-01" is not a date/],
  ['an amount that is none', 'day,model,cost\n2026-11-21,m,$1\n', /line 2, column cost: "\$1" is not an amount/],
  ['a column that nobody knows', 'day,model,inputs\n2026-11-21,m,1\n', /line 1, column inputs: nobody knows what this column counts/],
  ['a table without numbers', 'day,model\n2026-11-21,m\n', /there is nothing to compare/],
  ['more cells than the header', 'day,model,input\n2026-11-21,m,1,2\n', /line 2: has 4 cells, the header 3/],
  ['a quote that does not end', 'day,model,input\n2026-11-21,"m,1\n', /this is not CSV/],
  ['an empty file', '', /line 1: nobody knows this header/],
  ['a table of nothing', 'day,model,input\n', /there is no usage in this file/],
  ['JSON that is cut', '{\n  "data": [\n', /this is not JSON/],
  ['JSON of something else', '{"hello": 1}', /this is JSON of an unknown kind/],
  [
    'a count in JSON that is none',
    json([bucket([{ input_tokens: 'many', output_tokens: 1, model: 'm' }])]),
    /line 10, column 27: data\.0\.results\.0\.input_tokens is not a whole number/,
  ],
  ['a time in JSON that is none', json([{ ...bucket([{ input_tokens: 1 }]), start_time: 'soon' }]), /data\.0\.start_time is not a time/],
  [
    'buckets of a week',
    json([{ ...bucket([{ input_tokens: 1 }]), end_time: 1730419200 + 604800 }]),
    /end_time is more than a day after its start: ask for bucket_width=1d/,
  ],
]

for (const [title, text, said] of BAD) {
  test(`refused, with its place: ${title}`, async (t) => {
    const file = join(temporaryFolder(t), 'export')
    writeFileSync(file, text)
    await assert.rejects(readExport(file), said)
  })
}

test('an answer that has more pages says so; several pages are one export', async (t) => {
  const file = join(temporaryFolder(t), 'export')
  const page = (model: string, more: boolean) => ({
    ...(JSON.parse(json([bucket([{ input_tokens: 1, model }])])) as object),
    has_more: more,
  })
  writeFileSync(file, JSON.stringify([page('a', true), page('b', true)]))
  const read = await readExport(file)
  assert.deepEqual(
    read.rows.map(({ model }) => model),
    ['a', 'b'],
  )
  assert.match(read.notes.join(), /more pages/)
})
