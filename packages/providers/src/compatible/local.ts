import { PLAIN, SERVER, type VendorRow } from './row.ts'

/** Servers of open models that run beside the gateway: they take any key or none. */
export const LOCAL: readonly VendorRow[] = [
  {
    kind: 'xinference',
    title: 'Xinference',
    documentation: 'https://inference.readthedocs.io/',
    baseUrl: 'http://127.0.0.1:9997/v1',
    keyless: true,
    outputLimitMember: 'max_tokens',
    also: [...SERVER, 'cohere-rerank'],
    quirks: PLAIN,
  },
  {
    kind: 'lmstudio',
    title: 'LM Studio',
    documentation: 'https://lmstudio.ai/docs/developer/openai-compat',
    baseUrl: 'http://127.0.0.1:1234/v1',
    keyless: true,
    outputLimitMember: 'max_tokens',
    also: SERVER,
    quirks: PLAIN,
  },
  {
    kind: 'vllm',
    title: 'vLLM',
    documentation: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
    baseUrl: 'http://127.0.0.1:8000/v1',
    keyless: true,
    outputLimitMember: 'max_tokens',
    also: [...SERVER, 'cohere-rerank'],
    quirks: PLAIN,
  },
  {
    kind: 'llamacpp',
    title: 'llama.cpp server',
    documentation: 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
    baseUrl: 'http://127.0.0.1:8080/v1',
    keyless: true,
    outputLimitMember: 'max_tokens',
    also: [...SERVER, 'cohere-rerank'],
    quirks: PLAIN,
  },
]
