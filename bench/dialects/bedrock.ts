import { eventMessage } from '../../tests/replay/framing/event-stream.ts'
import { CLOSED, INPUT_TOKENS, OPENED, OUTPUT_TOKENS, TEXT } from './spoken.ts'
import type { Answers, Stream } from './spoken.ts'

const USAGE = { inputTokens: INPUT_TOKENS, outputTokens: OUTPUT_TOKENS, totalTokens: INPUT_TOKENS + OUTPUT_TOKENS }
const AT = { contentBlockIndex: 0 }

function delta(members: Record<string, unknown>): Buffer {
  return eventMessage('contentBlockDelta', { ...AT, delta: members })
}

function ending(stopReason: string): Buffer {
  return Buffer.concat([
    eventMessage('contentBlockStop', AT),
    eventMessage('messageStop', { stopReason }),
    eventMessage('metadata', { usage: USAGE, metrics: { latencyMs: 1 } }),
  ])
}

const START = eventMessage('messageStart', { role: 'assistant' })

function fragment(input: string): Buffer {
  return delta({ toolUse: { input } })
}

function callStream(): Stream {
  const begun = eventMessage('contentBlockStart', { ...AT, start: { toolUse: { toolUseId: 'tooluse_bench', name: 'write' } } })
  return { begin: [START, begun, fragment(OPENED)], piece: fragment, end: Buffer.concat([fragment(CLOSED), ending('tool_use')]) }
}

/** Bedrock's Converse, which only upstreams speak. */
export const bedrock: Answers = {
  whole: Buffer.from(
    JSON.stringify({ output: { message: { role: 'assistant', content: [{ text: TEXT }] } }, stopReason: 'end_turn', usage: USAGE }),
  ),
  streamType: 'application/vnd.amazon.eventstream',
  text: { begin: [START], piece: (text) => delta({ text }), end: ending('end_turn') },
  call: callStream(),
}
