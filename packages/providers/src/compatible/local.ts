import { PLAIN, SERVER, type VendorRow } from './row.ts'

/** Servers of open models that run beside the gateway: they take any key or none. */
export const LOCAL: readonly VendorRow[] = [
  {
    kind: 'xinference',
    title: 'Xinference',
    baseUrl: 'http://127.0.0.1:9997/v1',
    keyless: true,
    outputLimitMember: 'max_tokens',
    also: SERVER,
    quirks: PLAIN,
  },
  {
    kind: 'lmstudio',
    title: 'LM Studio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    keyless: true,
    outputLimitMember: 'max_tokens',
    also: SERVER,
    quirks: PLAIN,
  },
  {
    kind: 'vllm',
    title: 'vLLM',
    baseUrl: 'http://127.0.0.1:8000/v1',
    keyless: true,
    outputLimitMember: 'max_tokens',
    also: SERVER,
    quirks: PLAIN,
  },
  {
    kind: 'llamacpp',
    title: 'llama.cpp server',
    baseUrl: 'http://127.0.0.1:8080/v1',
    keyless: true,
    outputLimitMember: 'max_tokens',
    also: SERVER,
    quirks: PLAIN,
  },
]
