import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentProviders, environmentVariables, vendors } from '../src/index.ts'

const SERVICE_ACCOUNT = JSON.stringify({
  type: 'service_account',
  project_id: 'p-1',
  client_email: 'robot@p-1.iam.gserviceaccount.com',
  private_key: '-----BEGIN PRIVATE KEY-----\n…',
})
/** What people who are logged in with `gcloud` have. */
const USER = JSON.stringify({ type: 'authorized_user', client_id: 'x', client_secret: 'y', refresh_token: 'z' })

const FILES: Record<string, string> = {
  '/robot.json': SERVICE_ACCOUNT,
  '/user.json': USER,
  '/cut.json': SERVICE_ACCOUNT.slice(0, 40),
  '/homeless.json': SERVICE_ACCOUNT.replace('project_id', 'other'),
}

function connected(environment: Record<string, string>): [kind: string, baseUrl: string, secret: string | undefined, variable: string][] {
  return environmentProviders(environment, (file) => FILES[file]).map(({ kind, baseUrl, keys, managedBy }) => [
    kind,
    baseUrl,
    keys[0]?.secret,
    managedBy.source === 'environment' ? managedBy.variable : '',
  ])
}

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIA0000000000000000', AWS_SECRET_ACCESS_KEY: 'se/cret' }
const REGION = { AWS_REGION: 'eu-central-1' }
const BEDROCK = 'https://bedrock-runtime.eu-central-1.amazonaws.com'
const PAIR = 'AKIA0000000000000000:se/cret'

const WHOLE: [what: string, environment: Record<string, string>, expected: ReturnType<typeof connected>[number]][] = [
  [
    'Bedrock, by its API key',
    { AWS_BEARER_TOKEN_BEDROCK: ' bedrock-key\n', ...REGION },
    ['bedrock', BEDROCK, 'bedrock-key', 'AWS_BEARER_TOKEN_BEDROCK'],
  ],
  ["Bedrock, by an account's keys", { ...KEYS, ...REGION }, ['bedrock', BEDROCK, PAIR, 'AWS_ACCESS_KEY_ID']],
  [
    'Bedrock, by temporary keys',
    { ...KEYS, ...REGION, AWS_SESSION_TOKEN: 'token' },
    ['bedrock', BEDROCK, `${PAIR}:token`, 'AWS_ACCESS_KEY_ID'],
  ],
  [
    'Bedrock in China',
    { ...KEYS, AWS_REGION: 'cn-north-1' },
    ['bedrock', 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn', PAIR, 'AWS_ACCESS_KEY_ID'],
  ],
  [
    'Bedrock, its API key before the keys of the account',
    { ...KEYS, ...REGION, AWS_BEARER_TOKEN_BEDROCK: 'bedrock-key' },
    ['bedrock', BEDROCK, 'bedrock-key', 'AWS_BEARER_TOKEN_BEDROCK'],
  ],
  [
    'Azure',
    { AZURE_OPENAI_API_KEY: 'azure-key', AZURE_OPENAI_ENDPOINT: 'https://mine.openai.azure.com/' },
    ['azure', 'https://mine.openai.azure.com', 'azure-key', 'AZURE_OPENAI_API_KEY'],
  ],
  [
    'Vertex AI',
    { GOOGLE_APPLICATION_CREDENTIALS: '/robot.json' },
    ['vertex', 'https://aiplatform.googleapis.com', SERVICE_ACCOUNT, 'GOOGLE_APPLICATION_CREDENTIALS'],
  ],
]

for (const [what, environment, expected] of WHOLE) {
  test(`variables that are all set connect ${what}`, () => {
    assert.deepEqual(connected(environment), [expected])
  })
}

const PARTS: [what: string, environment: Record<string, string>][] = [
  ["an account's keys without a region", KEYS],
  ['half a key', { AWS_ACCESS_KEY_ID: KEYS.AWS_ACCESS_KEY_ID, ...REGION }],
  ['an empty secret', { ...KEYS, AWS_SECRET_ACCESS_KEY: ' ', ...REGION }],
  ['a region alone', { ...REGION, AWS_PROFILE: 'work', AWS_SESSION_TOKEN: 'token' }],
  ['a Bedrock API key without a region', { AWS_BEARER_TOKEN_BEDROCK: 'bedrock-key' }],
  ['what is no region', { ...KEYS, AWS_REGION: 'evil.example/' }],
  ['a key of Azure without an address', { AZURE_OPENAI_API_KEY: 'azure-key' }],
  ['an address of Azure without a key', { AZURE_OPENAI_ENDPOINT: 'https://mine.openai.azure.com' }],
  ['what is no address', { AZURE_OPENAI_API_KEY: 'azure-key', AZURE_OPENAI_ENDPOINT: 'mine.openai.azure.com' }],
  ['a login of a person at Google', { GOOGLE_APPLICATION_CREDENTIALS: '/user.json' }],
  ['a key file that was cut off', { GOOGLE_APPLICATION_CREDENTIALS: '/cut.json' }],
  ['a key file without a project', { GOOGLE_APPLICATION_CREDENTIALS: '/homeless.json' }],
  ['a key file that is not there', { GOOGLE_APPLICATION_CREDENTIALS: '/nowhere.json' }],
]

for (const [what, environment] of PARTS) {
  test(`nothing is connected by ${what}`, () => {
    assert.deepEqual(connected(environment), [])
  })
}

test('a file that cannot be read connects nothing, and is no failure', () => {
  assert.deepEqual(environmentProviders({ GOOGLE_APPLICATION_CREDENTIALS: '/no/such/folder/key.json' }), [])
})

test('every variable that connects a vendor is told, so that tests and demos can leave them all out', () => {
  const told = environmentVariables()
  for (const name of ['OPENAI_API_KEY', 'HF_TOKEN', 'AWS_SESSION_TOKEN', 'GOOGLE_APPLICATION_CREDENTIALS'])
    assert.ok(told.includes(name), name)
  for (const { kind, environmentVariable } of vendors.values())
    assert.ok(environmentVariable === undefined || told.includes(environmentVariable), kind)
})
