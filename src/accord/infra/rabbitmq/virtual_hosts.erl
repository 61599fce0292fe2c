%% Runs inside RabbitMQ once it has booted (see recipe.py): makes and deletes virtual hosts, and writes to disk what it
%% has answered, asked over a Unix socket.
%% The management plugin does the same and adds seconds to the start; rabbitmqctl takes a second for each question.
Path = os:getenv("ACCORD_SOCKET"),
Ours = <<"accord">>,
All = <<".*">>,
Answer = fun
    ("ping\n") ->
        ok;
    ("add " ++ Name) ->
        VirtualHost = list_to_binary(string:trim(Name)),
        ok = rabbit_vhost:add(VirtualHost, Ours),
        ok = rabbit_auth_backend_internal:set_permissions(<<"guest">>, VirtualHost, All, All, All, Ours);
    ("delete " ++ Name) ->
        VirtualHost = list_to_binary(string:trim(Name)),
        case rabbit_vhost:exists(VirtualHost) of
            true -> rabbit_vhost:delete(VirtualHost, Ours);
            false -> ok
        end,
        ok;
    ("flush\n") ->
        ok = mnesia:sync_log()
end,
Serve = fun(Socket) ->
    {ok, Question} = gen_tcp:recv(Socket, 0),
    Said = try Answer(Question) of
        ok -> "ok\n"
    catch
        Kind:Reason -> io_lib:format("error ~0p ~0p~n", [Kind, Reason])
    end,
    gen_tcp:send(Socket, Said),
    gen_tcp:close(Socket)
end,
Listen = fun Again(Listener) ->
    {ok, Socket} = gen_tcp:accept(Listener),
    Server = spawn(fun() -> receive go -> Serve(Socket) end end),
    ok = gen_tcp:controlling_process(Socket, Server),
    Server ! go,
    Again(Listener)
end,
spawn(fun() ->
    file:delete(Path),
    {ok, Listener} = gen_tcp:listen(0, [{ifaddr, {local, Path}}, list, {packet, line}, {active, false}, {backlog, 64}]),
    Listen(Listener)
end),
ok.
