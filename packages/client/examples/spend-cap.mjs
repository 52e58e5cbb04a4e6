// The key has spent what it may. Topping up would not help, so nobody is asked to pay.
import { createFetch, Denied } from '@faregate/client'
import { key, question, url } from './support.mjs'

const pay = () => {
  throw new Error('never called')
}
try {
  await createFetch({ url, key, pay })('/v1/chat/completions', question())
} catch (error) {
  if (!(error instanceof Denied) || !error.is('cap_key')) throw error
  const { available, unit, resetsAt = 'never' } = error.problem.limit
  console.log(`${available} ${unit} left, resets: ${resetsAt}`)
  console.log('who can:', error.fixes[0].by, error.fixes[0].command)
}
