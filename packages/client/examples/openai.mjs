// OpenAI's own SDK: its errors are raised as ever, and the refusal behind each is one call away.
import OpenAI from 'openai'
import { denialOf, openaiOptions } from '@faregate/client'
import { key, model, url } from './support.mjs'

const client = new OpenAI(openaiOptions({ url, key }))
try {
  await client.chat.completions.create({ model, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] })
} catch (error) {
  const denied = denialOf(error)
  if (denied === undefined) throw error
  console.log(`${error.constructor.name} ${error.status} ${denied.code}: ${denied.fixes[0].command}`)
}
