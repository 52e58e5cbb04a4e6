// The provider fails now and then. Nothing was charged, so the same request is sent again, a few times, a little later each.
import { createFetch } from '@faregate/client'
import { key, question, url } from './support.mjs'

const call = createFetch({ url, key, onMend: (mend, denied) => console.log(denied.code, mend.did) })
const response = await call('/v1/chat/completions', question())
console.log(response.status)
