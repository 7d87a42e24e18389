using Microsoft.Extensions.Logging;

namespace TinyStore.Crdt;

public sealed partial class DocFile
{
    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Warning, "{Path}: the last write was not completed; {Bytes} bytes at byte {Offset} were cut off ({Reason}).", EventName = "TornTailCut")]
        public static partial void TornTailCut(ILogger logger, string path, long bytes, long offset, string reason);

        [LoggerMessage(3002, LogLevel.Error, "{Path}: opened without its damaged parts; the file as it was is kept as {Copy}. {Damage}", EventName = "Salvaged")]
        public static partial void Salvaged(ILogger logger, string path, string copy, string damage);

        [LoggerMessage(3003, LogLevel.Error, "{Path}: {Updates} updates could not be written; they stay in memory and are tried again.", EventName = "WriteFailed")]
        public static partial void WriteFailed(ILogger logger, string path, int updates, Exception exception);

        [LoggerMessage(3004, LogLevel.Error, "{Path}: could not be compacted; the file is whole and goes on growing.", EventName = "CompactionFailed")]
        public static partial void CompactionFailed(ILogger logger, string path, Exception exception);

        [LoggerMessage(3005, LogLevel.Debug, "{Path}: compacted from {Before} to {After} bytes.", EventName = "Compacted")]
        public static partial void Compacted(ILogger logger, string path, long before, long after);

        [LoggerMessage(3006, LogLevel.Debug, "{Path}: opened, {Bytes} bytes, {Updates} updates.", EventName = "Opened")]
        public static partial void Opened(ILogger logger, string path, long bytes, int updates);
    }
}
