export declare const ENTRIES: Record<string, string>
export declare function bundledCommandLine(): Promise<string>
