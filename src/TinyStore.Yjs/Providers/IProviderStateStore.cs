namespace TinyStore.Yjs;

/// <summary>
/// What is kept beside a document for the providers that bring it to rooms, so that after a restart each knows how far its
/// room is. A document file is one. Use it in the document's lane (<see cref="YDoc.Context"/>).
/// </summary>
public interface IProviderStateStore
{
    /// <summary>Gets what is kept for a room. Open it before the provider observes the document.</summary>
    /// <param name="room">The room's name, with whatever tells it from a room of the same name at another relay.</param>
    /// <param name="origin">
    /// The origin with which the provider applies what the room sends: updates with another origin are those that the room may
    /// lack. Compared by reference.
    /// </param>
    /// <returns>Dispose it when the provider leaves the document.</returns>
    /// <exception cref="InvalidOperationException">The room is open already.</exception>
    IProviderState Open(string room, object origin);
}
