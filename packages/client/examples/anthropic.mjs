// Anthropic's own SDK: a shorter answer is asked for where the balance covers only that.
import Anthropic from '@anthropic-ai/sdk'
import { anthropicOptions, denialOf } from '@faregate/client'
import { key, model, url } from './support.mjs'

const policy = { lowerMaxTokens: true, onMend: (mend) => console.log(mend.did) }
const client = new Anthropic(anthropicOptions({ url, key, ...policy }))
try {
  const message = await client.messages.create({ model, max_tokens: 8_000, messages: [{ role: 'user', content: 'Hello' }] })
  console.log(message.type)
} catch (error) {
  console.log(denialOf(error)?.code ?? error)
}
