// The balance does not reach for the longest answer, but for a shorter one: nobody has to pay.
import { createFetch } from '@faregate/client'
import { key, question, url } from './support.mjs'

const onMend = (mend) => mend.did === 'lowered' && console.log('max_tokens lowered to', mend.to)
const call = createFetch({ url, key, lowerMaxTokens: { atLeast: 1 }, onMend })
const response = await call('/v1/chat/completions', question({ max_tokens: 100_000 }))
console.log(response.status)
