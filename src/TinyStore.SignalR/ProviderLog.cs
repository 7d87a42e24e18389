using Microsoft.Extensions.Logging;
using TinyStore.Sync;

namespace TinyStore.SignalR;

/// <summary>What providers log. Ids are stable: 1xx the shared connection, 2xx a provider.</summary>
internal static partial class ProviderLog
{
    [LoggerMessage(EventId = 100, EventName = "Connected", Level = LogLevel.Debug, Message = "The hub connection is up")]
    public static partial void Connected(this ILogger logger);

    [LoggerMessage(EventId = 101, EventName = "ConnectionLost", Level = LogLevel.Information, Message = "The hub connection is down")]
    public static partial void ConnectionLost(this ILogger logger);

    [LoggerMessage(EventId = 102, EventName = "ConnectFailed", Level = LogLevel.Information, Message = "The hub connection could not be started; trying again in {DelayMilliseconds} ms")]
    public static partial void ConnectFailed(this ILogger logger, Exception exception, long delayMilliseconds);

    [LoggerMessage(EventId = 103, EventName = "ConnectionDisposed", Level = LogLevel.Warning, Message = "The hub connection was disposed while providers use it")]
    public static partial void ConnectionDisposed(this ILogger logger);

    [LoggerMessage(EventId = 104, EventName = "MalformedMessage", Level = LogLevel.Error, Message = "The relay sent a message that cannot be read")]
    public static partial void MalformedMessage(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 200, EventName = "StateChanged", Level = LogLevel.Debug, Message = "Room {Room}: {Old} -> {New}")]
    public static partial void StateChanged(this ILogger logger, string room, ProviderState old, ProviderState @new);

    [LoggerMessage(EventId = 201, EventName = "Refused", Level = LogLevel.Error, Message = "Room {Room} was refused: {Code} {Reason}")]
    public static partial void Refused(this ILogger logger, string room, SyncErrorCode code, string reason);

    [LoggerMessage(EventId = 202, EventName = "RetryWanted", Level = LogLevel.Information, Message = "Room {Room}: {Code} {Reason}; trying again in {DelayMilliseconds} ms")]
    public static partial void RetryWanted(this ILogger logger, string room, SyncErrorCode code, string reason, long delayMilliseconds);

    [LoggerMessage(EventId = 203, EventName = "ObserverFailed", Level = LogLevel.Error, Message = "Room {Room}: an observer of the document failed while an update was applied; the update is in the document")]
    public static partial void ObserverFailed(this ILogger logger, Exception exception, string room);

    [LoggerMessage(EventId = 204, EventName = "NotFlushed", Level = LogLevel.Warning, Message = "Room {Room}: stopped with {Count} edits that are not acknowledged")]
    public static partial void NotFlushed(this ILogger logger, string room, int count);
}
