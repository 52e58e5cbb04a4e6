// The key may not call this model: neither paying nor waiting helps, a named person does. So nothing is sent again.
import { createFetch, Denied } from '@faregate/client'
import { key, question, url } from './support.mjs'

try {
  await createFetch({ url, key })('/v1/chat/completions', question())
} catch (error) {
  if (!(error instanceof Denied) || !error.is('permission_denied')) throw error
  console.log('needed:', error.problem.required.join(', '))
  for (const { action, by } of error.fixes) console.log(`${action}: ${by}`)
}
