/** How a wire format is spoken in the benchmark: what callers ask, and what the fixed upstream answers, byte for byte. */
export interface Spoken {
  /** How paths are told from those of other formats, whoever is called. */
  route: string
  /** Where a gateway is asked. */
  path(model: string, stream: boolean): string
  body(model: string, prompt: string, stream: boolean): string
  answers: Answers
}

/** What an upstream of a wire format answers. */
export interface Answers {
  /** The body of an answer that is no stream, 0.7 kB. */
  whole: Buffer
  streamType: string
  text: Stream
  /** A stream that brings a tool call; absent: calls are not told in pieces. */
  call?: Stream
}

/** A stream, in pieces of one event and more. */
export interface Stream {
  /** What comes before the first piece. */
  begin: Buffer[]
  /** An event with a piece of text, or of the arguments of a call. */
  piece(text: string): Buffer
  /** What comes after the last piece, at once. */
  end: Buffer
  /** The same, where the caller asked for usage and does not get it otherwise. */
  endWithUsage?: Buffer
}

/** Of the streams of fixed length: each piece is written by itself. */
export const PIECES = 100

export const INPUT_TOKENS = 20
export const OUTPUT_TOKENS = 100
export const CREATED = 1_770_000_000

/** What a whole answer says. */
export const TEXT = 'word '.repeat(80)
/** A piece of a stream; four bytes, as tokens of English have. */
export const WORD = ' the'
/** All of a stream's pieces. */
export const WORDS = WORD.repeat(PIECES)
/** The arguments of a tool call are an object with one text, which begins and ends so. */
export const [OPENED, CLOSED] = ['{"text":"', '"}']

/** A server-sent event, under a name where the format names its events. */
export function sse(data: unknown, event?: string): Buffer {
  return Buffer.from(`${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`)
}

/** A server-sent event named after its type. */
export function named(data: { type: string; [member: string]: unknown }): Buffer {
  return sse(data, data.type)
}
