import type { Case } from './case.ts'

const SIGNED = {
  authorization: `AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0a'.repeat(32)}`,
  'x-amz-date': '20260101T000000Z',
}

export const AUTH_CASES: Case[] = [
  { rule: 'openai.auth', base: 'chat', breaks: { headers: { authorization: 'a-key' } }, keeps: {} },
  {
    rule: 'azure.auth',
    base: 'azure',
    breaks: { headers: { 'api-key': undefined }, query: 'api-version=2024-10-21' },
    keeps: { query: 'api-version=2024-10-21' },
  },
  { rule: 'azure.api-version', base: 'azure', breaks: {}, keeps: { query: 'api-version=2024-10-21' } },
  {
    rule: 'anthropic.auth',
    base: 'messages',
    breaks: { headers: { 'x-api-key': undefined } },
    keeps: { headers: { 'x-api-key': undefined, authorization: 'Bearer a-token' } },
  },
  { rule: 'anthropic.version', base: 'messages', breaks: { headers: { 'anthropic-version': undefined } }, keeps: {} },
  { rule: 'anthropic.version-known', base: 'messages', breaks: { headers: { 'anthropic-version': '2099-01-01' } }, keeps: {} },
  {
    rule: 'gemini.auth',
    base: 'gemini',
    breaks: { headers: { 'x-goog-api-key': undefined } },
    keeps: { headers: { 'x-goog-api-key': undefined }, query: 'key=a-key' },
  },
  { rule: 'vertex.auth', base: 'vertex', breaks: { headers: { authorization: undefined } }, keeps: {} },
  { rule: 'mistral.auth', base: 'mistral', breaks: { headers: { authorization: undefined } }, keeps: {} },
  { rule: 'cohere.auth', base: 'cohere', breaks: { headers: { authorization: undefined } }, keeps: {} },
  { rule: 'deepseek.auth', base: 'deepseek', breaks: { headers: { authorization: undefined } }, keeps: {} },
  {
    rule: 'bedrock.auth',
    base: 'bedrock',
    breaks: { headers: { ...SIGNED, authorization: SIGNED.authorization.replace('/bedrock/', '/s3/') } },
    keeps: { headers: SIGNED },
  },
]
