// The balance does not reach. Whoever pays is asked, here by a line on the terminal; then the same request is sent again.
import { createFetch } from '@faregate/client'
import { ask, key, question, url } from './support.mjs'

async function pay(denied) {
  const [fix] = denied.fixes.filter(({ kind }) => kind === 'pay')
  return (await ask(`${denied.problem.detail}\nPaid, by "${fix.command ?? fix.url}"?`)) === 'yes'
}

const call = createFetch({ url, key, pay, onMend: ({ did }) => console.log('mended:', did) })
const response = await call('/v1/chat/completions', question())
console.log(response.status, 'for', response.headers.get('faregate-cost'))
