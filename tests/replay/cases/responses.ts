import { bodies, type Case } from './case.ts'
import type { JsonObject } from '../types.ts'

const USER = { role: 'user', content: 'Hello' }
const called = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }
const done = { type: 'function_call_output', call_id: 'call_1', output: 'done' }
const tool = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} } }
const thought = { type: 'reasoning', id: 'rs_1', summary: [] }
const said = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] }
const format = (schema: object): JsonObject => ({ text: { format: { type: 'json_schema', name: 'thing', strict: true, schema } } })

export const RESPONSES_CASES: Case[] = bodies('responses', [
  ['responses.input-required', { input: undefined }, { input: undefined, previous_response_id: 'resp_1' }],
  ['responses.item-type', { input: [{ type: 'tool_result', output: 'x' }] }, { input: [{ type: 'message', ...USER }] }],
  [
    'responses.part-type',
    { input: [USER, { role: 'assistant', content: [{ type: 'input_text', text: 'Hello' }] }] },
    { input: [USER, said] },
  ],
  ['responses.user', { user: 'u'.repeat(65) }, { user: 'u'.repeat(64) }],
  ['responses.limit-range', { max_output_tokens: 15 }, { max_output_tokens: 16 }],
  ['responses.tool-flat', { tools: [{ type: 'function', function: { name: 'f' } }].map(({ type }) => ({ type })) }, { tools: [tool] }],
  ['responses.reasoning-sampling', { temperature: 0.5 }, { temperature: 0.5, reasoning: { effort: 'none' } }, 'gpt-5.1'],
  [
    'responses.tool-choice-known',
    { tools: [tool], tool_choice: { type: 'function', name: 'g' } },
    { tools: [tool], tool_choice: { type: 'function', name: 'f' } },
  ],
  ['responses.id-prefix', { input: [USER, { ...called, id: 'call_1' }, done] }, { input: [USER, { ...called, id: 'fc_1' }, done] }],
  ['responses.output-orphan', { input: [USER, done] }, { input: [USER, called, done] }],
  ['responses.call-unanswered', { input: [USER, called] }, { input: [USER, called, done] }],
  [
    'responses.custom-call-unanswered',
    { input: [USER, { type: 'custom_tool_call', call_id: 'c', name: 'f', input: 'x' }] },
    {
      input: [
        USER,
        { type: 'custom_tool_call', call_id: 'c', name: 'f', input: 'x' },
        { type: 'custom_tool_call_output', call_id: 'c', output: 'y' },
      ],
    },
  ],
  ['responses.reasoning-alone', { input: [USER, thought, USER] }, { input: [USER, thought, said, USER] }],
  ['responses.encrypted', { input: [USER, { ...thought, encrypted_content: 'gAAAAAforged' }, said] }, { input: [USER, thought, said] }],
  [
    'responses.strict-schema',
    format({ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }),
    format({ type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }),
  ],
])
