// Reading a published Parquet file: ZSTD, which releases are written with, and Snappy, which hyparquet brings itself.
// Other codecs stay out: no published file uses them.
import { decompress } from "fzstd";

export { parquetMetadata, parquetRead } from "hyparquet";

export const compressors = { ZSTD: (bytes, length) => decompress(bytes, new Uint8Array(length)) };
