/**
 * An answer as its vendor sent it: without the type and the number that the gateway puts in front of tool calls that came
 * without them.
 */
export function asSent(text: string, recorded: string): string {
  return text === recorded ? text : text.replaceAll(MENDED, '')
}

const MENDED = /(?<=\{)(?:"type":"function",(?:"index":\d+,)?|"index":\d+,)(?=\s*"(?:id|function|type)":)/g
