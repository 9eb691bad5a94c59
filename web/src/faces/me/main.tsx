import { mount } from "../../ui/mount";

mount(<p />);
