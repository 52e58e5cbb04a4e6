import type { Prompt } from '@faregate/core'
import type { Dialect } from '../dialect.ts'
import { openaiChat } from '../openai-chat/dialect.ts'
import { sseEvent } from '../sse/write.ts'
import { encodeOutput, OutputStreamEncoder } from './answer.ts'
import { readPrompt, type RenderPrompt } from './request.ts'

/**
 * What callers of a prompt API speak: values in, output out. No upstream speaks it, so each answer goes through the neutral form;
 * what is spoken to upstreams is said here for the sake of the port alone.
 */
export function promptDialect(prompt: Prompt, render: RenderPrompt): Dialect {
  return {
    ...openaiChat,
    name: 'prompt',
    limitMember: 'maxTokens',
    read: (call) => readPrompt(prompt, render, call),
    encodeAnswer: (answer, _frame, buckets) => encodeOutput(prompt, answer, buckets),
    streamEncoder: () => new OutputStreamEncoder(),
    errorEvent: (problem) => Buffer.from(sseEvent(problem, 'error')),
  }
}
