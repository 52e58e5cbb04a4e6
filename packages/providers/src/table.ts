import type { ProviderEntry } from '@faregate/core'
import type { DialectName, Vendor, VendorCall, VendorRequest } from '@faregate/wire'
import { classifyOpenAi } from './classify.ts'

/** What differs between vendors that speak OpenAI's chat completions. */
export interface VendorRow {
  kind: string
  title: string
  /** Without a trailing slash; `/chat/completions` follows. Absent: the operator says. */
  baseUrl?: string
  environmentVariable?: string
  /** A local server that takes any key or none. */
  keyless?: true
  outputLimitMember: Vendor['outputLimitMember']
  /** The provider's id in the price catalogue; absent where it has none. */
  priceKey?: string
}

/** One row a vendor. */
export const OPENAI_COMPATIBLE: readonly VendorRow[] = [
  {
    kind: 'openai',
    title: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    environmentVariable: 'OPENAI_API_KEY',
    outputLimitMember: 'max_completion_tokens',
    priceKey: 'openai',
  },
  { kind: 'openai-compatible', title: 'Any OpenAI-compatible server', outputLimitMember: 'max_tokens' },
  {
    kind: 'anthropic',
    title: 'Anthropic (OpenAI-compatible endpoint)',
    baseUrl: 'https://api.anthropic.com/v1',
    environmentVariable: 'ANTHROPIC_API_KEY',
    outputLimitMember: 'max_tokens',
    priceKey: 'anthropic',
  },
  {
    kind: 'google',
    title: 'Google Gemini (OpenAI-compatible endpoint)',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    environmentVariable: 'GEMINI_API_KEY',
    outputLimitMember: 'max_tokens',
    priceKey: 'google',
  },
  {
    kind: 'cohere',
    title: 'Cohere (OpenAI-compatible endpoint)',
    baseUrl: 'https://api.cohere.ai/compatibility/v1',
    environmentVariable: 'COHERE_API_KEY',
    outputLimitMember: 'max_tokens',
    priceKey: 'cohere',
  },
  {
    kind: 'deepseek',
    title: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com/v1',
    environmentVariable: 'DEEPSEEK_API_KEY',
    outputLimitMember: 'max_tokens',
    priceKey: 'deepseek',
  },
  {
    kind: 'xai',
    title: 'xAI',
    baseUrl: 'https://api.x.ai/v1',
    environmentVariable: 'XAI_API_KEY',
    outputLimitMember: 'max_completion_tokens',
    priceKey: 'x-ai',
  },
  {
    kind: 'groq',
    title: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    environmentVariable: 'GROQ_API_KEY',
    outputLimitMember: 'max_completion_tokens',
    priceKey: 'groq',
  },
  {
    kind: 'openrouter',
    title: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    environmentVariable: 'OPENROUTER_API_KEY',
    outputLimitMember: 'max_tokens',
    priceKey: 'openrouter',
  },
  {
    kind: 'mistral',
    title: 'Mistral AI',
    baseUrl: 'https://api.mistral.ai/v1',
    environmentVariable: 'MISTRAL_API_KEY',
    outputLimitMember: 'max_tokens',
    priceKey: 'mistral',
  },
  {
    kind: 'together',
    title: 'Together AI',
    baseUrl: 'https://api.together.xyz/v1',
    environmentVariable: 'TOGETHER_API_KEY',
    outputLimitMember: 'max_tokens',
    priceKey: 'together',
  },
  {
    kind: 'fireworks',
    title: 'Fireworks AI',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    environmentVariable: 'FIREWORKS_API_KEY',
    outputLimitMember: 'max_tokens',
    priceKey: 'fireworks',
  },
  {
    kind: 'perplexity',
    title: 'Perplexity',
    baseUrl: 'https://api.perplexity.ai',
    environmentVariable: 'PERPLEXITY_API_KEY',
    outputLimitMember: 'max_tokens',
    priceKey: 'perplexity',
  },
  {
    kind: 'moonshot',
    title: 'Moonshot AI',
    baseUrl: 'https://api.moonshot.ai/v1',
    environmentVariable: 'MOONSHOT_API_KEY',
    outputLimitMember: 'max_tokens',
    priceKey: 'moonshotai',
  },
  {
    kind: 'cerebras',
    title: 'Cerebras',
    baseUrl: 'https://api.cerebras.ai/v1',
    environmentVariable: 'CEREBRAS_API_KEY',
    outputLimitMember: 'max_completion_tokens',
    priceKey: 'cerebras',
  },
  {
    kind: 'nvidia',
    title: 'NVIDIA NIM',
    baseUrl: 'https://integrate.api.nvidia.com/v1',
    environmentVariable: 'NVIDIA_API_KEY',
    outputLimitMember: 'max_tokens',
  },
  {
    kind: 'huggingface',
    title: 'Hugging Face Inference Providers',
    baseUrl: 'https://router.huggingface.co/v1',
    environmentVariable: 'HF_TOKEN',
    outputLimitMember: 'max_tokens',
  },
  {
    kind: 'alibaba',
    title: 'Alibaba Cloud Model Studio',
    baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    environmentVariable: 'DASHSCOPE_API_KEY',
    outputLimitMember: 'max_tokens',
  },
  {
    kind: 'zai',
    title: 'Z.ai',
    baseUrl: 'https://api.z.ai/api/paas/v4',
    environmentVariable: 'ZAI_API_KEY',
    outputLimitMember: 'max_tokens',
    priceKey: 'zai',
  },
  {
    kind: 'deepinfra',
    title: 'DeepInfra',
    baseUrl: 'https://api.deepinfra.com/v1/openai',
    environmentVariable: 'DEEPINFRA_API_KEY',
    outputLimitMember: 'max_tokens',
  },
  {
    kind: 'novita',
    title: 'Novita AI',
    baseUrl: 'https://api.novita.ai/openai/v1',
    environmentVariable: 'NOVITA_API_KEY',
    outputLimitMember: 'max_tokens',
    priceKey: 'novita',
  },
  {
    kind: 'sambanova',
    title: 'SambaNova',
    baseUrl: 'https://api.sambanova.ai/v1',
    environmentVariable: 'SAMBANOVA_API_KEY',
    outputLimitMember: 'max_tokens',
  },
  { kind: 'ollama', title: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', keyless: true, outputLimitMember: 'max_tokens' },
  { kind: 'lmstudio', title: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1', keyless: true, outputLimitMember: 'max_tokens' },
  { kind: 'vllm', title: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1', keyless: true, outputLimitMember: 'max_tokens' },
  { kind: 'llamacpp', title: 'llama.cpp server', baseUrl: 'http://127.0.0.1:8080/v1', keyless: true, outputLimitMember: 'max_tokens' },
]

/** Makes a vendor of a row: bearer authentication, `/chat/completions`, OpenAI's error shapes. */
export function openAiCompatible(row: VendorRow): Vendor {
  const { baseUrl, ...shared } = row
  return {
    ...shared,
    ...(baseUrl === undefined ? {} : { defaultBaseUrl: baseUrl }),
    dialects: ['openai-chat'],
    request: openAiRequest,
    classify: (failure) => classifyOpenAi(failure),
  }
}

/** The path of each dialect of OpenAI's, behind the base URL. */
const PATHS: Partial<Record<DialectName, string>> = {
  'openai-chat': '/chat/completions',
  'openai-responses': '/responses',
}

function openAiRequest(_entry: ProviderEntry, secret: string | undefined, { dialect }: VendorCall): VendorRequest {
  return {
    path: PATHS[dialect] ?? '/chat/completions',
    headers: secret === undefined || secret === '' ? {} : { authorization: `Bearer ${secret}` },
  }
}
