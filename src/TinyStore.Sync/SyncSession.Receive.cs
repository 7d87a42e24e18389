using TinyStore.Sync.Frames;

namespace TinyStore.Sync;

public sealed partial class SyncSession
{
    /// <summary>Takes a message of the connection. Frames of other channels are skipped.</summary>
    /// <param name="message">The bytes; may be kept until the call after next is done, so nobody may change them.</param>
    /// <exception cref="FrameFormatException">The message itself is broken. (Broken frames of this channel refuse the session.)</exception>
    public void Receive(ReadOnlyMemory<byte> message)
    {
        var reader = new MessageReader(message);
        while (reader.TryRead(out var frame))
        {
            Receive(frame);
        }
    }

    internal void Receive(in Frame frame)
    {
        if (_channel == 0 || (frame.Channel != _channel && !(frame.Channel == 0 && frame.Type == FrameType.Error)))
        {
            return;
        }

        try
        {
            Dispatch(frame);
            Keep();
        }
        catch (FrameFormatException e)
        {
            Refuse(new SyncFailure(e.Code, $"the relay sent what cannot be read: {e.Message}"));
        }
    }

    private void Dispatch(in Frame frame)
    {
        switch (frame.Type)
        {
            case FrameType.Joined:
                OnJoined(frame.ReadJoined());
                break;
            case FrameType.Sync:
                OnStateVector(frame.ReadSync());
                break;
            case FrameType.Update:
                OnUpdate(frame.ReadRelayUpdate());
                break;
            case FrameType.Ack:
                OnAck(frame.ReadAck());
                break;
            case FrameType.Nack:
                OnNack(frame.ReadNack());
                break;
            case FrameType.Chunk:
                if (_assembler.Add(frame.Channel, frame.ReadChunk(), out var whole))
                {
                    Dispatch(whole);
                }

                break;
            case FrameType.Resync:
                WantJoin(TimeSpan.Zero, default, leave: false);
                break;
            case FrameType.Error:
                OnError(frame.ReadError());
                break;
            case FrameType.Awareness:
                AwarenessReceived?.Invoke(this, frame.ReadAwareness());
                break;
            default:
                break; // a later version's
        }
    }

    private void OnJoined(JoinedFrame joined)
    {
        if (State != SyncSessionState.Joining)
        {
            return;
        }

        if (joined.Version != JoinFrame.ProtocolVersion)
        {
            Refuse(new SyncFailure(SyncErrorCode.Version, $"the relay speaks version {joined.Version} of the protocol, this client {JoinFrame.ProtocolVersion}"));
            return;
        }

        Access = joined.Access;
        _writer.MaxBytes = Math.Max(joined.MaxFrameBytes, 1024);
        _maxDocumentBytes = Math.Min(_options.MaxDocumentBytes, joined.MaxDocumentBytes);
        _assembler = NewAssembler();
        State = SyncSessionState.Syncing;
        if (!_awareness.IsEmpty)
        {
            Write(OutgoingFrame.Awareness(_awareness));
        }

        if (!joined.Resumed)
        {
            _cursor = null;
            Untrack();
            if (!_sentStateVector && !TrySendStateVector())
            {
                return;
            }
        }
        else if (_tracked)
        {
            _mayUpload = Access == SyncAccess.Write;
            SendQueued();
        }
        else if (!_askedForStateVector && Access == SyncAccess.Write)
        {
            // The queue ran over between asking to resume and being let in.
            WantJoin(TimeSpan.Zero, default);
            return;
        }

        Flush();
        CheckSynced();
        OnChanged();
    }

    private void OnStateVector(ReadOnlyMemory<byte> stateVector)
    {
        if (State is not (SyncSessionState.Syncing or SyncSessionState.Synced) || Access != SyncAccess.Write)
        {
            return;
        }

        byte[]? missing;
        try
        {
            missing = _document.EncodeMissing(stateVector.Span);
        }
        catch (FormatException e)
        {
            Refuse(new SyncFailure(SyncErrorCode.Malformed, $"the relay sent a state vector that cannot be read: {e.Message}"));
            return;
        }
#pragma warning disable CA1031 // The document was in use; it will not always be.
        catch (Exception e)
#pragma warning restore CA1031
        {
            OnDocumentFault(e);
            return;
        }

        Untrack();
        if (missing is not null && !Fits(missing.Length))
        {
            return;
        }

        var edits = _untrackedEdits;
        _untrackedEdits = 0;
        _tracked = true;
        _mayUpload = true;
        if (missing is not null)
        {
            _queue.Add(UpdateKind.Step2, missing, Math.Max(edits, 1));
            SendQueued();
        }

        CheckSynced();
        OnChanged();
    }

    private void OnUpdate(RelayUpdateFrame update)
    {
        if (State is not (SyncSessionState.Syncing or SyncSessionState.Synced))
        {
            return;
        }

        var last = _cursor?.Sequence ?? 0;
        if (update.Cursor.Sequence <= last && update.Kind == UpdateKind.Update)
        {
            return; // a repetition
        }

        if (_caughtUp && update.Kind == UpdateKind.Update && update.Cursor.Sequence != last + 1)
        {
            WantJoin(TimeSpan.Zero, new SyncFailure(SyncErrorCode.Internal, $"row {last + 1} did not come before row {update.Cursor.Sequence}"));
            return;
        }

        var hadPending = _document.HasPending;
        if (update.Update.Span is not [0, 0] && !Apply(update.Update.Span))
        {
            return;
        }

        if (_channel == 0)
        {
            return; // an observer of the document stopped the session
        }

        if (update.Cursor.Sequence >= last)
        {
            _cursor = update.Cursor;
        }

        if (update.Kind == UpdateKind.Step2)
        {
            _caughtUp = true;
            CheckSynced();
            OnChanged();
        }

        if (hadPending && !_document.HasPending && _mayUpload)
        {
            // What waited may have come from elsewhere, and has not been sent: let the state vectors tell.
            Untrack();
            WantJoin(TimeSpan.Zero, default);
        }
    }

    /// <summary>
    /// Applies an update; false when that did not succeed. When an observer threw, the update is in the document, and applying it
    /// again does nothing. When the document was in use, it is not, and applying it again may succeed. So a second try tells.
    /// </summary>
    private bool Apply(ReadOnlySpan<byte> update)
    {
        for (var isRetry = false; ; isRetry = true)
        {
            try
            {
                _document.ApplyUpdate(update);
                return true;
            }
            catch (FormatException e)
            {
                Refuse(new SyncFailure(SyncErrorCode.Malformed, $"the relay sent an update that cannot be read: {e.Message}"));
                return false;
            }
#pragma warning disable CA1031 // See above.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (isRetry)
                {
                    OnDocumentFault(e);
                    return false;
                }

                DocumentFaulted?.Invoke(this, e);
            }
        }
    }

    /// <summary>The document could not be used: begin again from the cursor, later.</summary>
    private void OnDocumentFault(Exception exception)
    {
        DocumentFaulted?.Invoke(this, exception);
        WantJoin(null, new SyncFailure(SyncErrorCode.Internal, $"the document could not be used: {exception.Message}"));
    }

    private void OnAck(AckFrame ack)
    {
        if (_cursor is { } cursor && ack.Row.Sequence == cursor.Sequence + 1)
        {
            _cursor = ack.Row;
        }

        if (_queue.Acknowledge(ack.Batch))
        {
            SendQueued();
            CheckSynced();
            OnChanged();
        }
    }

    private void OnNack(NackFrame nack)
    {
        var failure = nack.Error.Failure;
        if (failure.IsPermanent)
        {
            Refuse(failure);
        }
        else
        {
            // The ones behind it must not be logged before it: hold everything until the retry.
            _mayUpload = false;
            RetryWanted?.Invoke(this, new SyncRetry(SyncRetryKind.Send, Delay(nack.Error), failure));
        }
    }

    private void OnError(ErrorFrame error)
    {
        if (error.Failure.IsPermanent)
        {
            ForgetChannel();
            Refuse(error.Failure);
        }
        else
        {
            WantJoin(Delay(error), error.Failure, leave: false);
        }
    }

    private void CheckSynced()
    {
        if (State == SyncSessionState.Syncing && _caughtUp && (Access == SyncAccess.Read || (_tracked && !_queue.HasStep2)))
        {
            State = SyncSessionState.Synced;
        }
    }

    private static TimeSpan? Delay(ErrorFrame error) =>
        error.RetryAfterMilliseconds > 0 ? TimeSpan.FromMilliseconds(error.RetryAfterMilliseconds) : null;
}
