// The key is another system's. What it looks like is in the hint.
import { createFetch, Denied } from '@faregate/client'
import { question, url } from './support.mjs'

try {
  await createFetch({ url, key: 'sk-proj-0123456789' })('/v1/chat/completions', question())
} catch (error) {
  if (!(error instanceof Denied) || error.status !== 401) throw error
  console.log(error.code, '-', error.problem.hint)
}
