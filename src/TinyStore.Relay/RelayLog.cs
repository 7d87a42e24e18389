using Microsoft.Extensions.Logging;

namespace TinyStore.Relay;

/// <summary>What a relay logs. Ids are stable: 1xx the relay, 2xx connections, 3xx rooms and the log.</summary>
internal static partial class RelayLog
{
    [LoggerMessage(EventId = 100, EventName = "Started", Level = LogLevel.Information, Message = "The relay's log is open")]
    public static partial void Started(this ILogger logger);

    [LoggerMessage(EventId = 101, EventName = "Drained", Level = LogLevel.Information, Message = "The relay has stopped; everything it received is committed")]
    public static partial void Drained(this ILogger logger);

    [LoggerMessage(EventId = 102, EventName = "DrainTimedOut", Level = LogLevel.Warning, Message = "The relay stopped before everything it received was committed; those updates were not acknowledged")]
    public static partial void DrainTimedOut(this ILogger logger);

    [LoggerMessage(EventId = 200, EventName = "JoinRefused", Level = LogLevel.Information, Message = "Connection {ConnectionId} was refused room {Room}: {Code} {Reason}")]
    public static partial void JoinRefused(this ILogger logger, string connectionId, string room, SyncErrorCode code, string reason);

    [LoggerMessage(EventId = 201, EventName = "MalformedMessage", Level = LogLevel.Warning, Message = "Connection {ConnectionId} sent what cannot be read: {Reason}")]
    public static partial void MalformedMessage(this ILogger logger, string connectionId, string reason);

    [LoggerMessage(EventId = 202, EventName = "UpdateRefused", Level = LogLevel.Information, Message = "An update of connection {ConnectionId} to room {Room} was refused: {Code} {Reason}")]
    public static partial void UpdateRefused(this ILogger logger, string connectionId, string room, SyncErrorCode code, string reason);

    [LoggerMessage(EventId = 203, EventName = "ChannelOverflow", Level = LogLevel.Warning, Message = "Connection {ConnectionId} does not read its acknowledgements of room {Room}; it has to resync")]
    public static partial void ChannelOverflow(this ILogger logger, string connectionId, string room);

    [LoggerMessage(EventId = 204, EventName = "ConnectionFailed", Level = LogLevel.Error, Message = "Serving connection {ConnectionId} failed")]
    public static partial void ConnectionFailed(this ILogger logger, Exception exception, string connectionId);

    [LoggerMessage(EventId = 205, EventName = "AuthorizeFailed", Level = LogLevel.Error, Message = "The Authorize delegate failed for connection {ConnectionId} and room {Room}")]
    public static partial void AuthorizeFailed(this ILogger logger, Exception exception, string connectionId, string room);

    [LoggerMessage(EventId = 206, EventName = "ConnectionFlooded", Level = LogLevel.Warning, Message = "Connection {ConnectionId} does not read the errors it causes and is closed")]
    public static partial void ConnectionFlooded(this ILogger logger, string connectionId);

    [LoggerMessage(EventId = 300, EventName = "RoomOpened", Level = LogLevel.Debug, Message = "Room {Room} was opened at row {Sequence}")]
    public static partial void RoomOpened(this ILogger logger, string room, long sequence);

    [LoggerMessage(EventId = 301, EventName = "RoomUnloaded", Level = LogLevel.Debug, Message = "Room {Room} was idle and left memory")]
    public static partial void RoomUnloaded(this ILogger logger, string room);

    [LoggerMessage(EventId = 302, EventName = "RoomQuarantined", Level = LogLevel.Critical, Message = "The log of room {Room} is damaged; the room is not served until it is repaired")]
    public static partial void RoomQuarantined(this ILogger logger, Exception exception, string room);

    [LoggerMessage(EventId = 303, EventName = "AppendFailed", Level = LogLevel.Error, Message = "{Count} updates could not be written; their senders will try again")]
    public static partial void AppendFailed(this ILogger logger, Exception exception, int count);

    [LoggerMessage(EventId = 305, EventName = "DeliveryFailed", Level = LogLevel.Critical, Message = "Committed rows of room {Room} could not be handed on")]
    public static partial void DeliveryFailed(this ILogger logger, Exception exception, string room);

    [LoggerMessage(EventId = 304, EventName = "ReadFailed", Level = LogLevel.Error, Message = "Room {Room} could not be read")]
    public static partial void ReadFailed(this ILogger logger, Exception exception, string room);
}
