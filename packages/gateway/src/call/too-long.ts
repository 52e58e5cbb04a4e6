/**
 * How vendors say that a request is longer than their model can read (E7): OpenAI's code and words, which most of its likes
 * share, Anthropic's, Google's, Mistral's, Cohere's, Ollama's and Bedrock's.
 */
const SAYINGS =
  /context_length_exceeded|maximum context length|exceeds? (the )?context (length|limit|window)|prompt is too long|input is too long|too many tokens: |input token count .{0,40}exceeds the maximum/i

/** Whether a vendor's refusal says so. */
export function saysTooLong(body: string): boolean {
  return SAYINGS.test(body)
}
