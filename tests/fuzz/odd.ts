/** Texts of a list that is written with a space between them. */
function list(text: string): string[] {
  return text.split(' ')
}

/** Scalars that have broken parsers, validators and arithmetic. */
export const ODD_SCALARS = [
  ...list('null true false 0 -0 -1 1 1.5 1e-7 1e999 -1e999 1E400 1e2 5.0 0.1e1 2147483648 9007199254740993 18446744073709551616'),
  ...list('123456789012345678901234567890 4.9e-324 "5" "1e3" "" "null" "NaN" NaN Infinity 01 +1 0x10 1. .5 1e --1 undefined nul tru'),
  ...list(String.raw`'a' "\ud800" "\udc00\ud800" "\u0000" "__proto__" "\u006d\u006f\u0064el" "a\/b" [] {} [[]] [null] {"a":{}} "%00"`),
  ...list('"\u2028" "\ufeff" "\u{1f600}"'),
]

/** Names, quotes included, that mean something to the gateway, to an upstream, or to neither although they look so. */
export const ODD_NAMES = [
  ...list(String.raw`"model" "mod\u0065l" "Model" "\u004dodel" model "messages" "stream" "STREAM" "n" "N" "max_tokens" "max\u005ftokens"`),
  ...list(String.raw`"max_completion_tokens" "stream_options" "include_usage" "usage" "__proto__" "constructor" "" "\u0000" "\ud800"`),
  ...list('"user" "tools" "role" "content" "path" "cache_control" "choices" "error" "index" "delta" "finish_reason"'),
  '"model "',
]

/** Bytes that mean something to one reader or another. */
export const TOKENS = [
  ...list(String.raw`" \ { } [ ] : , \u0000 \ud800 "model":"x", 0 - e999 data: [DONE] null true %00 ../ ; é`),
  '\n',
  '\r',
  '\r\n',
  '\r\n\r\n',
  '\0',
  ' ',
  '\t',
  '\u2028',
  '\ufeff',
  '\x7f',
  '\x0b',
  '\u{1f600}',
  'data: ',
  'event: error',
  '',
].map((text) => Buffer.from(text))

/** Bytes that are no UTF-8. */
export const NO_TEXT = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80]].map((bytes) => Buffer.from(bytes))

export const TARGETS = [
  ...list('/ * // /v1 /v1/ /v1/models /v1/models/ /v1/models/x /v1/key /v1/explain /chat/completions /v1/v1/chat/completions'),
  ...list('/v1/chat/completions/ /V1/chat/completions /v1//chat/completions /v1/./chat/completions /v1/../v1/chat/completions'),
  ...list('/v1/chat%2Fcompletions /v1/chat/completions?key=x&key=y /v1/chat/completions#x /v1/chat/completions;x /v1/%zz /%00 /%ff /%'),
  ...list('/v1/models/%E0%A4%A /é /healthz /readyz /metrics /problems/insufficient-balance /problems/ /denials/dn_x /denials/ /docs'),
  ...list('/api /api/nowhere /robots.txt http://evil.example/v1/models http:// evil.example:80 ? \\'),
  `/${'a'.repeat(5_000)}`,
  `/v1/models/${'b'.repeat(3_000)}`,
  '/a b',
  '',
]
