// What the plan includes in this period is used up. It says what is left, and until when; more is asked for with the key itself.
import { createFetch, Denied, requestLimit } from '@faregate/client'
import { key, question, url } from './support.mjs'

try {
  await createFetch({ url, key })('/v1/chat/completions', question())
} catch (error) {
  if (!(error instanceof Denied) || !error.is('quota_exhausted')) throw error
  const { available, unit, resetsAt } = error.problem.limit
  console.log(`${available} ${unit} left until ${resetsAt}`)
  const asked = await requestLimit(error, 'The launch is on Monday.', { url, key, value: 1000 })
  console.log(`asked for ${asked.value} ${asked.unit} a ${asked.per}: ${asked.state}`)
}
