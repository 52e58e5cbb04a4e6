/** Which vendor, endpoint and form of answer a path stands for. */
import type { Call, Dialect, Endpoint, Framing, Route, Vendor } from './types.ts'
import { VENDORS } from './types.ts'

interface Row {
  vendors: Vendor[]
  method: 'GET' | 'POST'
  path: RegExp
  endpoint: Endpoint
  dialect?: Dialect
  framing?: Framing
  /** The path itself says whether it streams; else the body's `stream` does, or what Ollama does without one. */
  streams?: 'always' | 'never' | 'unless-false'
}

const OPENAI_LIKE: Vendor[] = ['openai', 'mistral', 'deepseek', 'compatible']
const GOOGLE = String.raw`^/v1(?:beta|alpha|beta1)?/(?:projects/[^/]+/locations/[^/]+/publishers/google/)?`
const CLAUDE = /^\/v1(?:beta1)?\/projects\/[^/]+\/locations\/[^/]+\/publishers\/anthropic\/models\/(?<model>[^/]+)/
/** Azure: the deployment is in the path, or in version 1 the model is in the body. */
const AZURE = String.raw`^/openai/(?:deployments/(?<model>[^/]+)|v1)`

function openai(method: 'GET' | 'POST', path: string, rest: Omit<Row, 'vendors' | 'method' | 'path'>): Row[] {
  return [
    { vendors: OPENAI_LIKE, method, path: new RegExp(`^(?:/v1|/beta)?${path}$`), ...rest },
    { vendors: ['azure'], method, path: new RegExp(`${AZURE}${path}$`), ...rest },
  ]
}

function google(action: string, rest: Omit<Row, 'vendors' | 'method' | 'path'>): Row {
  return { vendors: ['gemini', 'vertex'], method: 'POST', path: new RegExp(`${GOOGLE}models/(?<model>[^/]+):${action}$`), ...rest }
}

const ROWS: Row[] = [
  ...openai('POST', '/chat/completions', { endpoint: 'chat', dialect: 'openai-chat', framing: 'sse-done' }),
  ...openai('POST', '/responses', { endpoint: 'responses', dialect: 'openai-responses', framing: 'sse-named' }),
  ...openai('POST', '/completions', { endpoint: 'completions', dialect: 'completions', framing: 'sse-done' }),
  ...openai('POST', '/embeddings', { endpoint: 'embeddings', streams: 'never' }),
  ...openai('POST', '/images/(?:generations|edits|variations)', { endpoint: 'images', streams: 'never' }),
  ...openai('POST', '/audio/speech', { endpoint: 'speech', streams: 'never' }),
  ...openai('POST', '/audio/(?:transcriptions|translations)', { endpoint: 'transcription', streams: 'never' }),
  ...openai('POST', '/moderations', { endpoint: 'moderations', streams: 'never' }),
  ...openai('GET', '/models', { endpoint: 'models', streams: 'never' }),
  {
    vendors: ['anthropic'],
    method: 'POST',
    path: /^\/v1\/messages$/,
    endpoint: 'messages',
    dialect: 'anthropic',
    framing: 'sse-named',
  },
  { vendors: ['anthropic'], method: 'POST', path: /^\/v1\/messages\/count_tokens$/, endpoint: 'count-tokens', streams: 'never' },
  { vendors: ['anthropic'], method: 'GET', path: /^\/v1\/models$/, endpoint: 'models', streams: 'never' },
  google('generateContent', { endpoint: 'generate', dialect: 'gemini', streams: 'never' }),
  google('streamGenerateContent', { endpoint: 'generate', dialect: 'gemini', framing: 'json-array', streams: 'always' }),
  google('(?:embedContent|predict)', { endpoint: 'embeddings', streams: 'never' }),
  google('batchEmbedContents', { endpoint: 'batch-embeddings', streams: 'never' }),
  google('countTokens', { endpoint: 'count-tokens', streams: 'never' }),
  { vendors: ['gemini', 'vertex'], method: 'GET', path: new RegExp(`${GOOGLE}models$`), endpoint: 'models', streams: 'never' },
  {
    vendors: ['vertex'],
    method: 'POST',
    path: new RegExp(`${CLAUDE.source}:(?:rawPredict|streamRawPredict)$`),
    endpoint: 'messages',
    dialect: 'anthropic',
    framing: 'sse-named',
  },
  { vendors: ['cohere'], method: 'POST', path: /^\/v2\/chat$/, endpoint: 'chat', dialect: 'cohere', framing: 'sse-named-done' },
  { vendors: ['cohere'], method: 'POST', path: /^\/v2\/embed$/, endpoint: 'embeddings', streams: 'never' },
  { vendors: ['cohere'], method: 'POST', path: /^\/v2\/rerank$/, endpoint: 'rerank', streams: 'never' },
  {
    vendors: ['ollama'],
    method: 'POST',
    path: /^\/api\/chat$/,
    endpoint: 'chat',
    dialect: 'ollama',
    framing: 'ndjson',
    streams: 'unless-false',
  },
  {
    vendors: ['ollama'],
    method: 'POST',
    path: /^\/api\/generate$/,
    endpoint: 'completions',
    dialect: 'ollama-generate',
    framing: 'ndjson',
    streams: 'unless-false',
  },
  // Ollama speaks OpenAI's chat as well.
  {
    vendors: ['ollama'],
    method: 'POST',
    path: /^\/v1\/chat\/completions$/,
    endpoint: 'chat',
    dialect: 'openai-chat',
    framing: 'sse-done',
  },
  { vendors: ['ollama'], method: 'POST', path: /^\/api\/embed$/, endpoint: 'embeddings', streams: 'never' },
  { vendors: ['ollama'], method: 'GET', path: /^\/api\/tags$/, endpoint: 'models', streams: 'never' },
  {
    vendors: ['bedrock'],
    method: 'POST',
    path: /^\/model\/(?<model>[^/]+)\/converse$/,
    endpoint: 'converse',
    dialect: 'bedrock',
    streams: 'never',
  },
  {
    vendors: ['bedrock'],
    method: 'POST',
    path: /^\/model\/(?<model>[^/]+)\/converse-stream$/,
    endpoint: 'converse',
    dialect: 'bedrock',
    framing: 'event-stream',
    streams: 'always',
  },
]

/** The vendor named by the first segment of a path, and what follows it. */
export function splitVendor(path: string): { vendor: Vendor | undefined; path: string } {
  const [, first = '', second = ''] = path.split('/')
  const vendor = VENDORS.find((name) => name === first)
  // Azure's own paths begin with `/openai`, too.
  if (vendor === undefined || (vendor === 'openai' && second === 'deployments')) return { vendor: undefined, path }
  return { vendor, path: path.length > first.length + 1 ? path.slice(first.length + 1) : '/' }
}

/** Where a call goes; undefined if no vendor has such a path. `model` is still as it was sent, directives and all. */
export function routeOf(call: Call, named: Vendor | undefined, preferred: Vendor): Route | undefined {
  const rows = ROWS.filter((row) => row.method === call.method && row.path.test(call.path))
  const wanted = named ?? guess(call, preferred)
  const row = rows.find(({ vendors }) => vendors.includes(wanted)) ?? (named === undefined ? rows[0] : undefined)
  if (row === undefined) return undefined
  const vendor = row.vendors.includes(wanted) ? wanted : (row.vendors[0] ?? wanted)
  const inPath = row.path.exec(call.path)?.groups?.['model']
  const stream = streams(row, call)
  const framing = row.framing === 'json-array' && call.query.get('alt') === 'sse' ? 'sse' : row.framing
  return {
    vendor: isVertex(call.path) ? 'vertex' : vendor,
    endpoint: row.endpoint,
    ...(row.dialect === undefined ? {} : { dialect: row.dialect }),
    model: inPath === undefined ? modelInBody(call) : decodeURIComponent(inPath),
    modelInPath: inPath !== undefined,
    stream,
    ...(stream && framing !== undefined ? { framing } : {}),
  }
}

/** Two vendors share `/v1/models`. */
function guess(call: Call, preferred: Vendor): Vendor {
  return call.headers['anthropic-version'] === undefined ? preferred : 'anthropic'
}

function isVertex(path: string): boolean {
  return path.includes('/projects/')
}

function streams(row: Row, call: Call): boolean {
  if (row.streams === 'always') return true
  if (row.streams === 'never') return false
  return row.streams === 'unless-false' ? call.body?.['stream'] !== false : call.body?.['stream'] === true
}

function modelInBody(call: Call): string {
  const model = call.body?.['model'] ?? call.form?.get('model')?.toString('utf8')
  return typeof model === 'string' ? model : ''
}
