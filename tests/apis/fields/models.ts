import type { Field, Fields, Seen } from './field.ts'

type Value = Record<string, unknown>

/** Two APIs of one model that differ in their policy. */
function policy(a: Value, b: Value, see: Field['see']): Field {
  return {
    a: () => ({ models: { fast: 'one' }, policy: a }),
    b: () => ({ models: { fast: 'one' }, policy: b }),
    see,
  }
}

/** A call that says the name of the API: it tells the calls of the model apart. */
const ask = ({ call, name }: Seen, more: Value = {}) =>
  call('/v1/chat/completions', { body: { model: 'fast', messages: [{ role: 'user', content: name }], ...more } })

/** What the model was asked, without the name. */
const member = (wanted: string) => async (seen: Seen) => {
  await ask(seen)
  const { body } = seen.places.models.calls.findLast((call) => JSON.stringify(call.body).includes(seen.name)) ?? {}
  return (JSON.parse(JSON.stringify({ ...body }).replaceAll(seen.name, '')) as Value)[wanted]
}

/** Fields of a definition that is models. */
export const MODELS_FIELDS: Fields = {
  models: {
    a: () => ({ models: { fast: 'one' } }),
    b: () => ({ models: { fast: 'two' } }),
    see: member('model'),
  },
  'policy.features[]': policy(
    { features: ['chat'] },
    { features: ['chat', 'streaming'] },
    async (seen) => (await ask(seen, { stream: true })).status,
  ),
  'policy.maxTokens': policy({ maxTokens: 10 }, { maxTokens: 20 }, async (seen) => (await ask(seen, { max_tokens: 15 })).status),
  'policy.defaults.maxTokens': policy({ defaults: { maxTokens: 10 } }, { defaults: { maxTokens: 20 } }, member('max_tokens')),
  'policy.defaults.temperature': policy({ defaults: { temperature: 0 } }, { defaults: { temperature: 1 } }, member('temperature')),
  'policy.defaults.topP': policy({ defaults: { topP: 0.5 } }, { defaults: { topP: 1 } }, member('top_p')),
  'policy.system': policy({ system: 'Be brief.' }, { system: 'Be kind.' }, member('messages')),
}
