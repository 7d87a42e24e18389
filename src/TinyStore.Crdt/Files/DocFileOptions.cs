using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TinyStore.Crdt.Files.Storage;

namespace TinyStore.Crdt;

/// <summary>How a <see cref="DocFile"/> works.</summary>
public sealed class DocFileOptions
{
    /// <summary>
    /// The file is not compacted while fewer bytes than this were appended to it since the last time.
    /// </summary>
    /// <value>The default value is 256 KiB.</value>
    public long CompactionMinimumBytes { get; set; } = 256 << 10;

    /// <summary>
    /// The file is compacted when what was appended to it since the last time is larger than the state that it began with by
    /// this factor.
    /// </summary>
    /// <value>The default value is 2.</value>
    public double CompactionFactor { get; set; } = 2;

    /// <summary>After how long a write that failed is tried again. <see cref="DocFile.WhenSavedAsync"/> tries at once.</summary>
    /// <value>The default value is 5 seconds.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Opens a file although a part of it that was saved is damaged: loads what is intact, keeps the damaged file beside it
    /// under the name with <c>.damaged</c> behind it, and writes a new one. Without it such a file is refused.
    /// </summary>
    /// <value>The default value is <see langword="false"/>.</value>
    public bool Salvage { get; set; }

    /// <summary>Where what goes wrong is logged.</summary>
    /// <value>The default value is <see cref="NullLoggerFactory"/>.</value>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>The clock of <see cref="RetryDelay"/>.</summary>
    /// <value>The default value is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal DocStorage? Storage { get; set; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(CompactionMinimumBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(CompactionFactor);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryDelay, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(LoggerFactory);
        ArgumentNullException.ThrowIfNull(TimeProvider);
    }
}
