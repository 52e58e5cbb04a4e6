import type { DialectName, Vendor } from '@faregate/wire'
import { classifyAzure } from './classify.ts'
import { AZURE_ACCOUNTS } from './environment.ts'
import { RESPONSES_ONLY } from '../responses-only.ts'
import { azurePath } from './path.ts'

/** A token of Microsoft Entra ID is a JWT, a resource's key never is. */
const TOKEN = /^(?:Bearer )?(eyJ[\w-]+\.[\w-]+\.[\w-]*)$/

const DIALECTS: readonly DialectName[] = [
  'openai-chat',
  'openai-responses',
  'openai-completions',
  'openai-embeddings',
  'openai-images',
  'openai-image-edits',
  'openai-speech',
  'openai-transcriptions',
  'openai-translations',
]

/** OpenAI's models at Azure, by the names of their deployments. */
export const azureVendor: Vendor = {
  kind: 'azure',
  title: 'Azure OpenAI',
  documentation: 'https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference',
  authentication: 'as `api-key: KEY`; a token of Microsoft Entra ID as `Authorization: Bearer TOKEN`',
  notes: [
    'The key is one of the resource, or a token of Microsoft Entra ID, which the operator renews.',
    'The base URL is that of the resource, `https://NAME.openai.azure.com`, and means the v1 API. With `?api-version=DATE` it means the older form, with the deployment in the path.',
    "A model is named by its deployment. Name the deployment like the model, and the catalogue's price is found.",
  ],
  environmentAccounts: AZURE_ACCOUNTS,
  dialects: DIALECTS,
  dialectsOf: (model) => (RESPONSES_ONLY.test(model) ? DIALECTS.filter((name) => name !== 'openai-chat') : DIALECTS),
  outputLimitMember: 'max_completion_tokens',
  quirks: { refuses: ['metadata.unstored'] },
  priceKey: 'azure',
  request: (entry, secret, { dialect, model }) => ({
    path: azurePath(entry.baseUrl, dialect, model),
    headers: authorization(secret?.trim()),
  }),
  classify: (failure) => classifyAzure(failure),
}

function authorization(secret: string | undefined): Record<string, string> {
  if (secret === undefined || secret === '') return {}
  const token = TOKEN.exec(secret)?.[1]
  return token === undefined ? { 'api-key': secret } : { authorization: `Bearer ${token}` }
}
