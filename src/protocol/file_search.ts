/** Finding files by parts of their paths, while somebody types them. */

export interface FileMatch {
  /** As it was given. */
  readonly root: string;
  /** Below the root, with `/`. */
  readonly path: string;
  readonly kind: "file" | "directory";
  /** More is better. */
  readonly score: number;
  /** Where the letters are in the path, in code points, in order. */
  readonly indices: readonly number[];
}

export interface SearchUpdate {
  /** The best so far, best first. */
  readonly matches: readonly FileMatch[];
  /** The trees have been read to their end; no other update comes. */
  readonly isComplete: boolean;
}

/** Trees that are being read or have been. What a query finds is of that time. */
export interface OpenSearch {
  /**
   * Finds what fits; an empty query fits nothing. Ends after a complete update, or
   * throws the signal's reason.
   */
  query(text: string, signal: AbortSignal): AsyncIterable<SearchUpdate>;
  /** Stops reading; resolves when nothing is being read. */
  close(): Promise<void>;
}

export interface FileSearch {
  /** Begins to read the trees; what cannot be read is passed over. */
  open(roots: readonly string[]): OpenSearch;
}
