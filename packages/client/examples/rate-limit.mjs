// The key may send one request a second, and four are sent at once: each is sent again when the gateway says that it may.
import { createFetch } from '@faregate/client'
import { key, question, url } from './support.mjs'

let waits = 0
const call = createFetch({ url, key, wait: { tries: 20, total: 60 }, onMend: () => waits++ })
const answers = await Promise.all([1, 2, 3, 4].map(() => call('/v1/chat/completions', question())))
console.log(answers.map(({ status }) => status).join(' '), waits > 0 ? 'after waiting' : 'at once')
