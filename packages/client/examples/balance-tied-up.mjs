// Three requests at once, and a balance for one: the others wait until what the first one held is free again.
import { createFetch } from '@faregate/client'
import { key, question, url } from './support.mjs'

let waits = 0
const call = createFetch({ url, key, wait: { tries: 20, total: 60 }, onMend: () => waits++ })
const answers = await Promise.all([1, 2, 3].map(() => call('/v1/chat/completions', question())))
console.log(answers.map(({ status }) => status).join(' '), waits > 0 ? 'after waiting' : 'at once')
