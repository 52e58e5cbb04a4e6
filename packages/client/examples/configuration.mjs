// The gateway is configured wrongly. The caller is not at fault, pays nothing, and has one number to pass on.
import { createFetch, Denied } from '@faregate/client'
import { key, question, url } from './support.mjs'

try {
  await createFetch({ url, key })('/v1/chat/completions', question())
} catch (error) {
  if (!(error instanceof Denied) || !error.is('price_missing', 'gateway_misconfigured', 'no_provider_key')) throw error
  console.log(`tell the operator: ${error.code}, incident ${error.problem.incidentId}; charged: ${error.charged}`)
}
