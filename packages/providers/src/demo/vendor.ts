import type { Vendor } from '@faregate/wire'
import { classify } from '../classify.ts'
import { answerDemo } from './answer.ts'

/** The name of the demo's one upstream model. */
export const DEMO_MODEL = 'demo'

/** Answers in this process, offline and without a key, so that a new installation can be seen working. */
export const demo: Vendor = {
  kind: 'demo',
  title: 'Built-in demo (answers offline; nothing is sent anywhere)',
  authentication: 'nowhere: there is none',
  dialects: ['openai-chat'],
  defaultBaseUrl: 'demo:',
  keyless: true,
  outputLimitMember: 'max_tokens',
  price: { input: '0.50', output: '1.50' },
  request: () => ({ path: '/chat/completions', headers: {} }),
  classify,
  answer: (body, { signal }) => answerDemo(body, { signal }),
}
