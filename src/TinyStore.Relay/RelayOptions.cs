using Microsoft.Extensions.Options;

namespace TinyStore.Relay;

/// <summary>Settings of a relay.</summary>
public sealed class RelayOptions
{
    /// <summary>The folder of the log file <c>relay.db</c>; made when it is missing.</summary>
    /// <value>The default value is <c>tinystore-data</c>, in the current directory.</value>
    public string DataPath { get; set; } = "tinystore-data";

    /// <summary>The connection string of the log's SQLite database, instead of <see cref="DataPath"/>. Must name a file.</summary>
    /// <value>The default value is null.</value>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// Decides, at each join, what a user may do in a room. An exception refuses the join with a transient error.
    /// </summary>
    /// <value>
    /// The default value is null: everybody who connects from this machine may write to every room, and nobody else may do
    /// anything. "From this machine" means a loopback address (or a transport without addresses), no forwarding header, and,
    /// of a browser, a page that itself came from this machine. See <see cref="AllowAnonymousNetwork"/>.
    /// </value>
    public Func<RelayAuthorizeContext, CancellationToken, ValueTask<RelayAccess>>? Authorize { get; set; }

    /// <summary>Lets everybody who can reach the relay write to every room. Has no effect when <see cref="Authorize"/> is set.</summary>
    /// <value>The default value is false.</value>
    public bool AllowAnonymousNetwork { get; set; }

    /// <summary>The longest message, both ways, in bytes; 64 KiB to 64 MiB. Larger frames travel in chunks.</summary>
    /// <value>The default value is 1 MiB.</value>
    public int MaxFrameBytes { get; set; } = 1 << 20;

    /// <summary>The largest update in bytes, and so the largest document that can be brought in at once; at least 64 KiB.</summary>
    /// <value>The default value is 64 MiB.</value>
    public int MaxDocumentBytes { get; set; } = 64 << 20;

    /// <summary>How many rooms one connection may have joined.</summary>
    /// <value>The default value is 100.</value>
    public int MaxRoomsPerConnection { get; set; } = 100;

    /// <summary>How many bytes of updates may wait for their commit, in all rooms. When they do, connections are read more slowly.</summary>
    /// <value>The default value is 64 MiB.</value>
    public long MaxUncommittedBytes { get; set; } = 64 << 20;

    /// <summary>How many bytes of unfinished chunk transfers the relay holds, of all connections. Beyond that a transfer is refused as <see cref="SyncErrorCode.Busy"/>.</summary>
    /// <value>The default value is 256 MiB.</value>
    public long MaxTransferBytes { get; set; } = 256 << 20;

    /// <summary>After how long without connections a room leaves memory.</summary>
    /// <value>The default value is 1 minute.</value>
    public TimeSpan IdleRoomTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a stopping relay waits until what it received is committed and acknowledged.</summary>
    /// <value>The default value is 5 seconds.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    internal string EffectiveConnectionString => ConnectionString ?? $"Data Source={Path.Combine(DataPath, "relay.db")}";

    /// <summary>A room whose log has more rows than this answers a client without a cursor with the merged difference first.</summary>
    internal int MaxRowsUnmerged { get; set; } = 2000;
}

internal sealed class RelayOptionsValidator : IValidateOptions<RelayOptions>
{
    private const int MinBytes = 64 << 10;
    private const int MaxFrame = 64 << 20;

    public ValidateOptionsResult Validate(string? name, RelayOptions options)
    {
        var failures = new List<string>();
        Check(options.ConnectionString is not null || !string.IsNullOrWhiteSpace(options.DataPath), "DataPath must name a folder, or ConnectionString a database.");
        Check(options.MaxFrameBytes is >= MinBytes and <= MaxFrame, $"MaxFrameBytes must be between {MinBytes} and {MaxFrame}, but is {options.MaxFrameBytes}.");
        Check(options.MaxDocumentBytes is >= MinBytes and <= 1 << 30, $"MaxDocumentBytes must be between {MinBytes} and {1 << 30}, but is {options.MaxDocumentBytes}.");
        Check(options.MaxRoomsPerConnection > 0, $"MaxRoomsPerConnection must be above 0, but is {options.MaxRoomsPerConnection}.");
        Check(options.MaxUncommittedBytes > 0, $"MaxUncommittedBytes must be above 0, but is {options.MaxUncommittedBytes}.");
        Check(options.MaxTransferBytes >= options.MaxDocumentBytes, $"MaxTransferBytes must be at least MaxDocumentBytes ({options.MaxDocumentBytes}), but is {options.MaxTransferBytes}.");
        Check(options.IdleRoomTimeout > TimeSpan.Zero, $"IdleRoomTimeout must be above 0, but is {options.IdleRoomTimeout}.");
        Check(options.DrainTimeout >= TimeSpan.Zero, $"DrainTimeout must not be negative, but is {options.DrainTimeout}.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool ok, string message)
        {
            if (!ok)
            {
                failures.Add(message);
            }
        }
    }
}
