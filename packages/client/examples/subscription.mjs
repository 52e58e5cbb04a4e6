// The subscription that has the model was cancelled, or has run out. Whoever manages it is asked; then the same request is sent again.
import { createFetch } from '@faregate/client'
import { ask, key, question, url } from './support.mjs'

async function renew(denied) {
  const [fix] = denied.fixes
  return (await ask(`${denied.code}: ${denied.problem.detail}\nDone, by "${fix.command}"?`)) === 'yes'
}

const response = await createFetch({ url, key, pay: renew })('/v1/chat/completions', question())
console.log(response.status)
