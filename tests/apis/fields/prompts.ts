import type { Field, Fields, Seen } from './field.ts'

type Value = Record<string, unknown>

/** A prompt of one variable, with other members. */
const prompt = (more: Value): Value => ({
  prompt: { model: 'one', user: 'Say {{text}}', variables: { text: { type: 'string' } }, maxTokens: 10, ...more },
})

/** Two prompts that differ in what they hold of some members. */
function fixed(a: Value, b: Value, see: Field['see']): Field {
  return { a: () => prompt(a), b: () => prompt(b), see }
}

/** A call whose one value is the name of the API: it tells the calls of the model apart. */
const ask = ({ call, name }: Seen) => call('', { body: { text: name } })

/** What the model was asked, without the name. */
async function asked(seen: Seen, member: string): Promise<unknown> {
  await ask(seen)
  const { body } = seen.places.models.calls.findLast((call) => JSON.stringify(call.body).includes(seen.name)) ?? {}
  return (JSON.parse(JSON.stringify({ ...body }).replaceAll(seen.name, '')) as Value)[member]
}

const member = (name: string) => (seen: Seen) => asked(seen, name)

/** Fields of a definition that is a prompt. */
export const PROMPT_FIELDS: Fields = {
  'prompt.model': fixed({}, { model: 'two' }, member('model')),
  'prompt.system': fixed({ system: 'Be brief.' }, { system: 'Be kind.' }, member('messages')),
  'prompt.user': fixed({}, { user: 'Sing {{text}}' }, member('messages')),
  'prompt.variables': fixed({}, { variables: { text: { type: 'integer' } } }, async (seen) => (await ask(seen)).status),
  'prompt.output': fixed({}, { output: { type: 'object' } }, member('response_format')),
  'prompt.maxTokens': fixed({}, { maxTokens: 7 }, member('max_tokens')),
  'prompt.temperature': fixed({}, { temperature: 0.75 }, member('temperature')),
}
