using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinyStore.Relay.Rooms;

namespace TinyStore.Relay.Connections;

/// <summary>What the connections of a relay share.</summary>
internal sealed class RelayServices
{
    public RelayServices(IOptions<RelayOptions> options, RoomRegistry rooms, LogWriter writer, RelayMetrics metrics, TimeProvider time, ILogger<RelayServices> logger)
    {
        Options = options.Value;
        Rooms = rooms;
        Writer = writer;
        Metrics = metrics;
        Time = time;
        Logger = logger;
        TransferBudget = new ByteBudget(Options.MaxTransferBytes);
    }

    public RelayOptions Options { get; }

    public RoomRegistry Rooms { get; }

    public LogWriter Writer { get; }

    public RelayMetrics Metrics { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public ByteBudget TransferBudget { get; }

    /// <summary>Set when the relay stops: nobody joins any more.</summary>
    public bool IsDraining { get; set; }

    /// <summary>A room could not be opened: what its client is told.</summary>
    public SyncFailure OpenFailure(string room, UpdateLogException e)
    {
        Log(room, e);
        return Failure(e);
    }

    /// <summary>A room in memory could not be read: what its client is told. A damaged room is given up.</summary>
    public SyncFailure ReadFailure(Room room, UpdateLogException e)
    {
        if (room.Damage is null)
        {
            Log(room.Name, e);
        }

        room.Damage ??= e as UpdateLogCorruptException;
        return Failure(e);
    }

    private void Log(string room, UpdateLogException e)
    {
        if (e is UpdateLogCorruptException)
        {
            Logger.RoomQuarantined(e, room);
        }
        else
        {
            Logger.ReadFailed(e, room);
        }
    }

    private static SyncFailure Failure(UpdateLogException e) => e is UpdateLogCorruptException
        ? new SyncFailure(SyncErrorCode.Quarantined, "the room's log is damaged; it is left as it is until it is repaired")
        : new SyncFailure(SyncErrorCode.Unavailable, "the log cannot be read at the moment");
}

/// <summary>Who is at the other end of a connection.</summary>
/// <param name="ConnectionId">The transport's name for the connection.</param>
/// <param name="User">The user.</param>
/// <param name="HttpContext">The request that opened it.</param>
/// <param name="IsLocal">Whether it comes from this machine; see <see cref="RelayOptions.Authorize"/>.</param>
internal sealed record RelayCaller(string ConnectionId, ClaimsPrincipal User, HttpContext? HttpContext, bool IsLocal);
