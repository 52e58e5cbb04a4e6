// The name of the model is mistyped. The gateway offers the nearest one; this program was told that it may take it.
import { createFetch } from '@faregate/client'
import { key, model, question, url } from './support.mjs'

const onMend = (mend) => mend.did === 'changed_model' && console.log('using', mend.model)
const call = createFetch({ url, key, takeAlternative: true, onMend })
const response = await call('/v1/chat/completions', question({ model: `${model}x` }))
console.log(response.status)
