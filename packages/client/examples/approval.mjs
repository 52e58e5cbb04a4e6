// The plan that has the model asks for approval: neither paying nor waiting a moment helps. Who asks, and where, is in the refusal.
import { createFetch, Denied } from '@faregate/client'
import { key, question, url } from './support.mjs'

try {
  await createFetch({ url, key })('/v1/chat/completions', question())
} catch (error) {
  if (!(error instanceof Denied) || !error.is('approval_required', 'approval_pending', 'approval_rejected')) throw error
  const [fix] = error.fixes
  console.log(`${error.code}: ${fix.by} can ${fix.action}, by ${fix.command}`)
}
