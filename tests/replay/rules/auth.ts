/** Who may call: the forms of each vendor's credentials. Any key that is not empty is as good as another. */
import { DOCS } from './docs.ts'
import { rules, type Question, type Rule } from './rule.ts'
import type { Endpoint, Vendor, Violation } from '../types.ts'

const ALL: Endpoint[] = [
  'chat',
  'responses',
  'completions',
  'messages',
  'generate',
  'converse',
  'count-tokens',
  'embeddings',
  'batch-embeddings',
  'rerank',
  'images',
  'speech',
  'transcription',
  'moderations',
  'models',
]

function scope(...vendors: Vendor[]): { vendors: Vendor[]; endpoints: Endpoint[] } {
  return { vendors, endpoints: ALL }
}

function header({ call }: Question, name: string): string {
  const value = call.headers[name]
  return typeof value === 'string' ? value.trim() : ''
}

function bearer(question: Question): boolean {
  return /^Bearer \S+$/i.test(header(question, 'authorization'))
}

function unless(fine: (question: Question) => boolean, violation: Violation): Rule['check'] {
  return (question) => (fine(question) ? undefined : violation)
}

const openai: Violation = {
  status: 401,
  message:
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
}

const GOOGLE_KEY =
  "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API."
const GOOGLE_TOKEN =
  'Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential.'

/** Signature version 4, or a Bedrock API key. */
function signed(question: Question): boolean {
  const value = header(question, 'authorization')
  if (bearer(question)) return true
  return (
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[^/]+\/bedrock\/aws4_request, ?SignedHeaders=[^,]+, ?Signature=[0-9a-f]{64}$/.test(value) &&
    header(question, 'x-amz-date') !== ''
  )
}

export const authRules: Rule[] = [
  ...rules(scope('openai', 'compatible'), [
    ['openai.auth', 'The key comes in `Authorization: Bearer`', DOCS.openaiAuth, unless(bearer, openai)],
  ]),
  ...rules(scope('azure'), [
    [
      'azure.auth',
      'The key comes in `api-key`, or a token in `Authorization: Bearer`',
      DOCS.azure,
      unless((question) => header(question, 'api-key') !== '' || bearer(question), {
        status: 401,
        message:
          'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
        code: '401',
      }),
    ],
    [
      'azure.api-version',
      'Paths with a deployment take `api-version`',
      DOCS.azure,
      unless(({ call, route }) => !route.modelInPath || (call.query.get('api-version') ?? '') !== '', {
        status: 404,
        message: 'Resource not found',
        code: '404',
      }),
    ],
  ]),
  ...rules(scope('anthropic'), [
    [
      'anthropic.auth',
      'The key comes in `x-api-key`, or a token in `Authorization: Bearer`',
      DOCS.anthropicOverview,
      unless((question) => header(question, 'x-api-key') !== '' || bearer(question), {
        status: 401,
        message: 'x-api-key header is required',
      }),
    ],
    [
      'anthropic.version',
      '`anthropic-version` is sent with every request',
      DOCS.anthropicVersioning,
      unless((question) => header(question, 'anthropic-version') !== '', { message: 'anthropic-version: header is required' }),
    ],
    [
      'anthropic.version-known',
      '`anthropic-version` is one that exists',
      DOCS.anthropicVersioning,
      unless((question) => /^(2023-01-01|2023-06-01|2026-10-21)$/.test(header(question, 'anthropic-version')), {
        message: 'anthropic-version: not a valid version; the latest is "2026-10-21"',
      }),
    ],
  ]),
  ...rules(scope('gemini'), [
    [
      'gemini.auth',
      'The key comes in `x-goog-api-key` or in `?key=`, or a token in `Authorization: Bearer`',
      DOCS.geminiAuth,
      unless((question) => header(question, 'x-goog-api-key') !== '' || (question.call.query.get('key') ?? '') !== '' || bearer(question), {
        status: 403,
        message: GOOGLE_KEY,
      }),
    ],
  ]),
  ...rules(scope('vertex'), [
    [
      'vertex.auth',
      'A token comes in `Authorization: Bearer`, or a key of the express mode in `x-goog-api-key`',
      DOCS.vertexAuth,
      unless((question) => bearer(question) || header(question, 'x-goog-api-key') !== '', { status: 401, message: GOOGLE_TOKEN }),
    ],
  ]),
  ...rules(scope('mistral'), [
    [
      'mistral.auth',
      'The key comes in `Authorization: Bearer`',
      DOCS.mistralChat,
      unless(bearer, { status: 401, message: 'Unauthorized', type: 'invalid_api_key' }),
    ],
  ]),
  ...rules(scope('cohere'), [
    [
      'cohere.auth',
      'The key comes in `Authorization: Bearer`',
      DOCS.cohereErrors,
      unless(bearer, { status: 401, message: 'no api key supplied' }),
    ],
  ]),
  ...rules(scope('deepseek'), [
    [
      'deepseek.auth',
      'The key comes in `Authorization: Bearer`',
      DOCS.deepseekErrors,
      unless(bearer, {
        status: 401,
        message: 'Authentication Fails (auth header format should be Bearer sk-...)',
        type: 'authentication_error',
        code: 'invalid_request_error',
      }),
    ],
  ]),
  ...rules(scope('bedrock'), [
    [
      'bedrock.auth',
      'The request is signed (version 4, service `bedrock`, `x-amz-date`) or carries an API key as a bearer token',
      DOCS.bedrockErrors,
      unless(signed, { status: 403, type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' }),
    ],
  ]),
]
