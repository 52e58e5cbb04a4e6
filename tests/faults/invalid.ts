/** A body that is refused, and the member that the refusal names; null: the body as a whole. */
export type InvalidCase = [name: string, body: string | Buffer, pointer: string | null]

export const MESSAGES = '"messages":[{"role":"user","content":"Hello!"}]'

/** A valid request but for these members, as JSON text. */
function withMembers(text: string): string {
  return `{"model":"plain",${MESSAGES},${text}}`
}

function nested(levels: number): string {
  return `${'['.repeat(levels)}${']'.repeat(levels)}`
}

/** A valid request whose content holds these bytes as they are. */
function raw(...bytes: number[]): Buffer {
  const [before = '', after = ''] = `{"model":"plain",${MESSAGES}}`.split('Hello!')
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)])
}

const BROKEN: InvalidCase[] = [
  ['nothing', '', null],
  ['only white space', ' \r\n\t', null],
  ['not JSON', 'hello', null],
  ['half of it', `{"model":"plain",${MESSAGES}`, null],
  ['two documents', `{"model":"plain",${MESSAGES}}{}`, null],
  ['an array', '[]', null],
  ['a number', '42', null],
  ['text', '"model"', null],
  ['null', 'null', null],
  ['a trailing comma', withMembers('"x":1,').replace('1,}', '1,}'), null],
  ['single quotes', withMembers('"x":1').replaceAll('"', "'"), null],
  ['a comment', withMembers('/* x */ "x":1'), null],
  ['a zero byte', withMembers('"x":"\u0000"'), null],
  ['a line break within a string', withMembers('"x":"a\nb"'), null],
  ['NaN', withMembers('"temperature":NaN'), null],
  ['a number with a leading zero', withMembers('"max_tokens":010'), null],
  ['a number with a plus', withMembers('"max_tokens":+10'), null],
  ['a hexadecimal number', withMembers('"max_tokens":0x10'), null],
  ['half an escape', withMembers('"x":"\\u12"'), null],
  ['an unknown escape', withMembers('"x":"\\x41"'), null],
  ['200 levels', withMembers(`"x":${nested(200)}`), null],
  ['100,000 levels', withMembers(`"x":${nested(100_000)}`), null],
  ['100,000 levels that do not end', withMembers(`"x":${'{"a":'.repeat(100_000)}`), null],
]

const NOT_UTF8: InvalidCase[] = [
  ['bytes that begin no character', raw(0xff, 0xfe), null],
  ['a character that is cut off', raw(0xe2, 0x82), null],
  ['an overlong quote', raw(0xc0, 0xa2), null],
  ['an overlong slash in three bytes', raw(0xe0, 0x80, 0xaf), null],
  ['a surrogate as bytes', raw(0xed, 0xa0, 0x80), null],
  ['beyond the last code point', raw(0xf5, 0x80, 0x80, 0x80), null],
  ['UTF-16', Buffer.from(`\uFEFF{"model":"plain",${MESSAGES}}`, 'utf16le'), null],
]

const NUMBERS = ['"5"', '-1', '0', '-0', '1.5', '1e-7', '1e999', '-1e999', '1e300', '9007199254740993', '2147483648', 'true', '[1]', '{}']

function numbers(member: string): InvalidCase[] {
  return NUMBERS.map((value) => [`${member} is ${value}`, withMembers(`"${member}":${value}`), `/${member}`])
}

const TYPES: InvalidCase[] = [
  ['no model', `{${MESSAGES}}`, '/model'],
  ['model is a number', `{"model":5,${MESSAGES}}`, '/model'],
  ['model is null', `{"model":null,${MESSAGES}}`, '/model'],
  ['model is a list', `{"model":["plain"],${MESSAGES}}`, '/model'],
  ['model is empty', `{"model":"",${MESSAGES}}`, '/model'],
  ['model is a page long', `{"model":"${'m'.repeat(3_000)}",${MESSAGES}}`, '/model'],
  ['no messages', '{"model":"plain"}', '/messages'],
  ['messages is text', '{"model":"plain","messages":"hi"}', '/messages'],
  ['messages is empty', '{"model":"plain","messages":[]}', '/messages'],
  ['a message is text', '{"model":"plain","messages":["hi"]}', '/messages/0'],
  ['a message without a role', '{"model":"plain","messages":[{"role":"user","content":"a"},{"content":"b"}]}', '/messages/1/role'],
  ['stream is text', withMembers('"stream":"true"'), '/stream'],
  ['stream is a number', withMembers('"stream":1'), '/stream'],
  ['stream_options is text', withMembers('"stream":true,"stream_options":"usage"'), '/stream_options'],
  ['include_usage is text', withMembers('"stream":true,"stream_options":{"include_usage":"yes"}'), '/stream_options/include_usage'],
  ['n is more than anyone asks for', withMembers('"n":129'), '/n'],
  ['user is a number', withMembers('"user":7'), '/user'],
  ...['max_tokens', 'max_completion_tokens', 'n'].flatMap(numbers),
]

const TWICE: InvalidCase[] = [
  ['model twice', withMembers('"model":"other"'), '/model'],
  ['model twice, alike', withMembers('"model":"plain"'), '/model'],
  ['model twice, once escaped', withMembers('"mod\\u0065l":"other"'), '/model'],
  ['model twice, escaped throughout', withMembers('"\\u006d\\u006f\\u0064\\u0065\\u006C":"other"'), '/model'],
  ['model as another case', withMembers('"Model":"other"'), '/Model'],
  ['messages twice', withMembers(MESSAGES), '/messages'],
  ['stream twice', withMembers('"stream":false,"stream":true'), '/stream'],
  ['max_tokens twice', withMembers('"max_tokens":1,"max_tokens":100000'), '/max_tokens'],
  ['max_tokens twice, once absent as null', withMembers('"max_tokens":null,"max_tokens":100000'), '/max_tokens'],
  ['max_tokens as another case', withMembers('"max_tokens":1,"MAX_TOKENS":100000'), '/MAX_TOKENS'],
  ['max_completion_tokens twice', withMembers('"max_completion_tokens":1,"max_completion_tokens":9'), '/max_completion_tokens'],
  ['n twice', withMembers('"n":1,"n":100'), '/n'],
  ['stream_options twice', withMembers('"stream":true,"stream_options":{},"stream_options":{}'), '/stream_options'],
  [
    'include_usage twice',
    withMembers('"stream":true,"stream_options":{"include_usage":true,"include_usage":false}'),
    '/stream_options/include_usage',
  ],
  ['tools twice', withMembers('"tools":[],"tools":[]'), '/tools'],
  ['response_format twice', withMembers('"response_format":{"type":"text"},"response_format":{"type":"json_object"}'), '/response_format'],
  ['reasoning_effort twice', withMembers('"reasoning_effort":"none","reasoning_effort":"high"'), '/reasoning_effort'],
  ['modalities twice', withMembers('"modalities":["text"],"modalities":["audio"]'), '/modalities'],
]

export const INVALID: InvalidCase[] = [...BROKEN, ...NOT_UTF8, ...TYPES, ...TWICE]

/** Unusual, but right: served, and forwarded byte for byte. */
export const UNUSUAL: [name: string, body: string][] = [
  ['a byte order mark', `\uFEFF${withMembers('"max_tokens":5')}`],
  ['white space everywhere', `\r\n\t { "model" : "plain" ,\n ${MESSAGES} , "max_tokens" : 5 } \n`],
  ['whole numbers in other spellings', withMembers('"max_tokens":5.0,"n":1e0,"max_completion_tokens":0.5e1')],
  ['null where nothing is meant', withMembers('"max_tokens":5,"stream":null,"n":null,"stream_options":null,"user":null')],
  ['a lone surrogate, escaped', withMembers('"max_tokens":5,"metadata":{"x":"\\ud800"}')],
  ['a zero byte, escaped, in what is recorded', withMembers('"max_tokens":5,"user":"a\\u0000b\\udfff"')],
  ['members named like those of every object', withMembers('"max_tokens":5,"__proto__":{"model":"x"},"constructor":1,"toString":null')],
  ['an integer that no double holds', withMembers('"max_tokens":5,"seed":12345678901234567890')],
  ['a name without characters', withMembers('"max_tokens":5,"":1')],
  ['nested 199 levels deep', withMembers(`"max_tokens":5,"metadata":${nested(199)}`)],
  ['nested members that are billed outside', withMembers('"max_tokens":5,"metadata":{"model":"a","model":"b","n":9,"n":8,"Stream":true}')],
  ['a member that bills nothing twice', withMembers('"max_tokens":5,"seed":1,"seed":2')],
  ['an escaped name', `{"mod\\u0065l":"plain",${MESSAGES},"max\\u005ftokens":5}`],
]
