import type { EnvironmentAccount } from '@faregate/wire'

/** The variables that OpenAI's own SDKs read for Azure. */
export const AZURE_ACCOUNTS: readonly EnvironmentAccount[] = [
  {
    variables: ['AZURE_OPENAI_API_KEY', 'AZURE_OPENAI_ENDPOINT'],
    account: (environment) => {
      const baseUrl = (environment['AZURE_OPENAI_ENDPOINT'] ?? '').replace(/\/+$/, '')
      return isAddress(baseUrl) ? { baseUrl, secret: environment['AZURE_OPENAI_API_KEY'] ?? '' } : undefined
    },
  },
]

function isAddress(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}
